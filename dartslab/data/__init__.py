"""Pictures: data sets, downloads, batches, augmentation."""
