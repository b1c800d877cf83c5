"""Commits, branches, tags and releases, and what hangs on them."""

from __future__ import annotations

from typing import Any

from lakeflow_sources.testing.samples import TEXTS

from .people import full_name, node, reactions, user
from .repository import Record, Repository, Times, second
from .tracker import sha_of

__all__ = ["add_commit", "add_release", "commit_of_pull", "file_of_pull", "fill_code"]

_DIRECT = 12_000_000  # milliseconds by which an author is before the committer at most


def fill_code(repository: Repository, times: Times, amounts: dict[str, int]) -> None:
    """Everything around commits."""
    for index in range(amounts["commits"]):
        add_commit(repository, times.rising("commit", index, amounts["commits"]))
    for index in range(amounts["branches"]):
        repository.of("branches").append(_branch(repository, "main" if index == 0 else f"feature/ünï-{index:04d}"))
    for index in range(amounts["tags"]):
        repository.of("tags").append(_tag(repository, f"v{index // 10}.{index % 10}"))
    for index in range(amounts["releases"]):
        add_release(repository, index, times.rising("release", index, amounts["releases"]))
    for index in range(min(20, amounts["commits"] // 4)):
        created = times.rising("commit comment", index, 20)
        repository.of("commit_comments").append(_comment(repository, created))


def add_commit(repository: Repository, committed: int, *, message: str = "") -> Record:
    """A commit on top of the default branch, or of no branch yet."""
    commits = repository.of("commits")
    commit = _commit(repository, len(commits) + len(repository.of("old_commits")), committed, message)
    commit["parents"] = [{"sha": one["sha"], "url": one["url"], "html_url": one["html_url"]} for one in commits[-1:]]
    commits.append(commit)
    return commit


def _commit(repository: Repository, number: int, committed: int, message: str = "") -> Record:
    key = repository.key("commit", number)
    sha = sha_of(repository.id, number)
    api = f"{repository.api}/commits/{sha}"
    authored = committed - key % _DIRECT
    return {
        "url": api,
        "sha": sha,
        "node_id": node("C", number),
        "html_url": f"{repository.web}/commit/{sha}",
        "comments_url": f"{api}/comments",
        "commit": {
            "url": f"{repository.api}/git/commits/{sha}",
            "author": {"name": full_name(key), "email": f"dev{key % 9}@example.com", "date": second(authored)},
            "committer": {"name": "GitHub", "email": "noreply@github.com", "date": second(committed)},
            "message": message or TEXTS[key % len(TEXTS)],
            "comment_count": key % 3,
            "tree": {"sha": sha_of("tree", sha), "url": f"{repository.api}/git/trees/{sha}"},
            "verification": {
                "verified": key % 2 == 0,
                "reason": "valid" if key % 2 == 0 else "unsigned",
                "signature": "-----BEGIN PGP SIGNATURE-----" if key % 2 == 0 else None,
                "payload": f"tree {sha}" if key % 2 == 0 else None,
                "verified_at": second(committed) if key % 2 == 0 else None,
            },
        },
        "author": {} if key % 13 == 0 else None if key % 11 == 0 else user(key % 9),
        "committer": None if key % 5 == 0 else user(key % 3),
        "parents": [],
    }


def _branch(repository: Repository, name: str) -> Record:
    sha = sha_of(repository.id, "branch", name)
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{repository.api}/commits/{sha}"},
        "protected": name == "main",
        "protection": {"enabled": name == "main", "required_status_checks": {"contexts": [], "checks": []}},
        "protection_url": f"{repository.api}/branches/{name}/protection",
    }


def _tag(repository: Repository, name: str) -> Record:
    sha = sha_of(repository.id, "tag", name)
    return {
        "name": name,
        "zipball_url": f"{repository.api}/zipball/refs/tags/{name}",
        "tarball_url": f"{repository.api}/tarball/refs/tags/{name}",
        "commit": {"sha": sha, "url": f"{repository.api}/commits/{sha}"},
        "node_id": node("REF", repository.key("tag", name) % 1_000_000),
    }


def add_release(repository: Repository, index: int, created: int) -> Record:
    """A release with its files; a draft was never published."""
    number = repository.new_id()
    api = f"{repository.api}/releases/{number}"
    draft = index % 9 == 8
    release = {
        "url": api,
        "html_url": f"{repository.web}/releases/tag/v{index}",
        "assets_url": f"{api}/assets",
        "upload_url": f"{api}/assets{{?name,label}}",
        "tarball_url": None if draft else f"{repository.api}/tarball/v{index}",
        "zipball_url": None if draft else f"{repository.api}/zipball/v{index}",
        "id": number,
        "node_id": node("RE", number),
        "tag_name": f"v{index}",
        "target_commitish": "main",
        "name": None if index % 5 == 0 else repository.text("release", index),
        "body": repository.text("notes", index),
        "draft": draft,
        "prerelease": index % 4 == 1,
        "immutable": False,
        "created_at": second(created),
        "published_at": None if draft else second(created + 60_000),
        "updated_at": second(created + 120_000),
        "author": user(index % 4),
        "assets": [_asset(repository, index, place, created) for place in range(index % 3)],
        "reactions": reactions(api, index),
        "mentions_count": index,
    }
    repository.of("releases").append(release)
    return release


def _asset(repository: Repository, release: int, place: int, created: int) -> Record:
    number = repository.new_id()
    return {
        "url": f"{repository.api}/releases/assets/{number}",
        "browser_download_url": f"{repository.web}/releases/download/v{release}/wheel-{place}.whl",
        "id": number,
        "node_id": node("RA", number),
        "name": f"wheel ünï {place}.whl",
        "label": None if place else "",
        "state": "uploaded",
        "content_type": "application/zip",
        "size": 2**33 + place,
        "digest": None if place else "sha256:00",
        "download_count": repository.key("asset", number) % 9_999_999_999,
        "created_at": second(created),
        "updated_at": second(created + 1000),
        "uploader": user(place),
    }


def _comment(repository: Repository, created: int) -> Record:
    number = repository.new_id()
    key = repository.key("commit comment", number)
    api = f"{repository.api}/comments/{number}"
    return {
        "html_url": f"{repository.web}/commit/{sha_of(number)}#commitcomment-{number}",
        "url": api,
        "id": number,
        "node_id": node("CC", number),
        "body": repository.text("commit comment", number),
        "path": None if key % 2 else "README.md",
        "position": None if key % 2 else key % 40,
        "line": None,
        "commit_id": sha_of(number),
        "user": user(key % 6),
        "created_at": second(created),
        "updated_at": second(created + 1000),
        "author_association": "NONE",
        "reactions": reactions(api, key),
    }


def commit_of_pull(repository: Repository, pull: Record, index: int) -> Record:
    """A commit of the branch that a pull request brings."""
    created = 1_700_000_000_000 + pull["number"] * 1_000_000 + index * 1000
    commit = _commit(repository, 10_000_000 + pull["number"] * 10_000 + index, created)
    return {**commit, "author": commit["author"] or user(1)}


def file_of_pull(repository: Repository, pull: Record, index: int) -> dict[str, Any]:
    """A file that a pull request touches; binary ones have no patch."""
    key = repository.key("file", pull["number"], index)
    name = f"src/ünï dir/file_{index:05d}.py"
    sha = sha_of(key)
    found: dict[str, Any] = {
        "sha": sha,
        "filename": name,
        "status": ("modified", "added", "removed", "renamed")[key % 4],
        "additions": key % 40,
        "deletions": key % 7,
        "changes": key % 40 + key % 7,
        "blob_url": f"{repository.web}/blob/{sha}/{index}",
        "raw_url": f"{repository.web}/raw/{sha}/{index}",
        "contents_url": f"{repository.api}/contents/{index}?ref={sha}",
    }
    if key % 5:
        found["patch"] = f"@@ -1 +1 @@\n-{repository.text('old', key)}\n+{repository.text('new', key)}"
    if found["status"] == "renamed":
        found["previous_filename"] = f"src/old_{index}.py"
    return found
