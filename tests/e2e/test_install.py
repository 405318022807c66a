"""make install."""
import re
import subprocess

from daemon import BUILD, ROOT


def test_the_readme_finds_its_pages(tmp_path):
    """Its pages were beside it, and its pictures nowhere: every link of what
    was installed led to nothing."""
    subprocess.run(["make", "-s", "-o", "all", "install", f"OUT={BUILD}",
                    f"DESTDIR={tmp_path}"], cwd=ROOT, check=True)
    folder = tmp_path / "usr/local/share/doc/ttsd"
    links = re.findall(r"\]\(([^):]+)\)", (folder / "README.md").read_text())
    assert any(link.endswith(".png") for link in links)
    assert [x for x in links if not (folder / x).is_file()] == []
    for path in re.findall(r"docs/\w+\.md|docs/examples/\w+\.\w+",
                           (folder / "docs/PRESENTER.md").read_text()):
        assert (folder / path).is_file(), path
