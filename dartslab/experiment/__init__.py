"""Many runs that make one published experiment: stages, folder, forecast, report."""
