"""The lessons travel with the package: building copies the learner's notebooks to dartslab/notebooks."""

from pathlib import Path
from shutil import copyfile

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithLessons(build_py):
    """`build_py`, and the notebooks beside the modules."""

    def run(self) -> None:
        """Build, then copy; an editable installation reads the notebooks of its checkout."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "dartslab" / "notebooks"
            target.mkdir(parents=True, exist_ok=True)
            for notebook in sorted(Path("notebooks").glob("*.ipynb")):
                copyfile(notebook, target / notebook.name)


setup(cmdclass={"build_py": BuildWithLessons})
