"""Tensors of a GPU that is not here: torch's FakeTensor knows their shapes and devices, and holds no numbers."""

import pytest
import torch

works_without_driver = pytest.mark.skipif(
    not hasattr(torch._C, "_ensureCUDADeviceGuardSet"), reason="this torch asks the GPU's driver even for fake tensors"
)
