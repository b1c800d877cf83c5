"""Organizations with their members and teams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lakeflow_sources import Page, Read, Slice, Table
from lakeflow_sources.http import Client, MissingError, Request, get

from .columns import columns
from .faults import NOTHING
from .pages import ask, failure, page_size, skippable, walk
from .people import PERSON, PERSON_LINKS
from .repositories import entries, owners
from .walks import Records, fresh, steady

__all__ = ["TABLES", "owner_slices", "several"]

_MOST = 25  # teams of a slice
_ROLES = ("admin", "member")
_IN_ORGANIZATION = columns("@organization")


def several(read: Read) -> bool:
    """Whether an organization that cannot be read is left out with a note: not when it is the only one."""
    named = {entry.owner.lower() for entry in entries(read)}
    return len(named) > 1 or "" in named


def owner_slices(read: Read, client: Client) -> list[Slice]:
    """One slice an owner: those of `repositories`, or the organizations that the credentials belong to."""
    if entries(read)[0].owner or "app_id" in read.settings.credentials:
        names = owners(read, client)
    else:
        first = get("/user/orgs", per_page=page_size(read))
        pages = steady(client, walk(read, client, first, lenient=False))
        names = [one["login"] for records in pages for one in records]
    return [Slice({"organization": name}) for name in names]


def _request(read: Read, piece: Slice, **params: object) -> Request:
    size = page_size(read) if read.table.data else None
    return get(f"/orgs/{piece['organization']}{read.table.data}", per_page=size).with_params(**params)


def _slices(read: Read, client: Client) -> list[Slice]:
    """The organizations, after making sure that one at least can be read where some may be left out."""
    pieces = owner_slices(read, client)
    wrong = []
    for piece in pieces if several(read) else ():
        response, fault = ask(read, client, _request(read, piece))
        if fault is None or fault.code in NOTHING:
            return pieces
        if not skippable(fault, lenient=True):
            raise failure(response, fault)
        wrong.append(failure(response, fault))
    if wrong:
        raise wrong[0]
    return pieces


def _organizations(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for response in walk(read, client, _request(read, piece), lenient=several(read)):
        yield Page(records=[response.json()])


def _teams(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for records in steady(client, walk(read, client, _request(read, piece), lenient=several(read))):
        yield Page(records=records)


def _members(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """By role, as the list does not tell it; who changes it meanwhile comes once."""
    seen: set[Any] = set()
    for role in _ROLES:
        pages = walk(read, client, _request(read, piece, role=role), lenient=several(read))
        for records in steady(client, pages):
            yield Page(records=[{**one, "role": role} for one in fresh(records, seen)])


def _team_slices(read: Read, client: Client) -> list[Slice]:
    pieces = []
    for piece in _slices(read, client):
        found: Records = []
        for records in steady(client, walk(read, client, _request(read, piece), lenient=several(read))):
            found += records
        teams = [[one["id"], one["slug"]] for one in found]
        for start in range(0, len(teams), _MOST):
            some = teams[start : start + _MOST]
            pieces.append(Slice({**piece.values, "teams": some}, weight=len(some)))
    return pieces


def _team_members(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for number, slug in piece["teams"]:
        first = get(f"/orgs/{piece['organization']}/teams/{slug}/members", role="all", per_page=page_size(read))
        try:
            for records in steady(client, walk(read, client, first, lenient=False)):
                yield Page(records=[{**one, "team_id": number, "team_slug": slug} for one in records])
        except MissingError as error:
            own = get(f"/orgs/{piece['organization']}/teams/{slug}")
            if ask(read, client, own)[1] is None:
                raise  # the team is there, so it is a right that is missing
            client.note(f"deleted while it was read: {error.cause}")


_FLAGS = (
    "members_can_create_repositories",
    "members_can_create_public_repositories",
    "members_can_create_private_repositories",
    "members_can_create_internal_repositories",
    "members_can_create_pages",
    "members_can_create_public_pages",
    "members_can_create_private_pages",
    "members_can_fork_private_repositories",
    "members_can_delete_repositories",
    "members_can_change_repo_visibility",
    "members_can_invite_outside_collaborators",
    "members_can_delete_issues",
    "members_can_create_teams",
    "members_can_view_dependency_insights",
    "display_commenter_full_name_setting_enabled",
    "readers_can_create_discussions",
    "two_factor_requirement_enabled",
    "web_commit_signoff_required",
    "advanced_security_enabled_for_new_repositories",
    "dependabot_alerts_enabled_for_new_repositories",
    "dependabot_security_updates_enabled_for_new_repositories",
    "dependency_graph_enabled_for_new_repositories",
    "secret_scanning_enabled_for_new_repositories",
    "secret_scanning_push_protection_enabled_for_new_repositories",
    "deploy_keys_enabled_for_repositories",
)

ORGANIZATIONS = Table(
    name="organizations",
    columns=columns(
        "id long",
        "node_id",
        "login",
        "name",
        "description",
        "company",
        "blog",
        "location",
        "email",
        "billing_email",
        "twitter_username",
        "type",
        "is_verified boolean",
        "has_organization_projects boolean",
        "has_repository_projects boolean",
        "public_repos long",
        "public_gists long",
        "total_private_repos long",
        "owned_private_repos long",
        "private_gists long",
        "followers long",
        "following long",
        "collaborators long",
        "disk_usage long",
        "default_repository_permission",
        "default_repository_branch",
        "members_allowed_repository_creation_type",
        *(f"{name} boolean" for name in _FLAGS),
        "plan struct<name:string,space:long,private_repos:long,filled_seats:long,seats:long>",
        "avatar_url",
        "html_url",
        "url",
        "created_at timestamp",
        "updated_at timestamp",
        "archived_at timestamp",
    ),
    primary_key=("id",),
    slices=_slices,
    fetch=_organizations,
    ignored=(
        "repos_url",
        "events_url",
        "hooks_url",
        "issues_url",
        "members_url",
        "public_members_url",
        "secret_scanning_push_protection_custom_link_enabled",
        "secret_scanning_push_protection_custom_link",
    ),
    category="organizations",
    data="",
)

MEMBERS = Table(
    name="members",
    columns=(*_IN_ORGANIZATION, *PERSON, *columns("role")),
    primary_key=("organization", "id"),
    slices=_slices,
    fetch=_members,
    ignored=PERSON_LINKS,
    category="organizations",
    description="Members with their role; those who are public only, for credentials from outside.",
    data="/members",
)

TEAMS = Table(
    name="teams",
    columns=(
        *_IN_ORGANIZATION,
        *columns(
            "id long",
            "node_id",
            "name",
            "slug",
            "description",
            "privacy",
            "notification_setting",
            "permission",
            "permissions struct<pull:boolean,triage:boolean,push:boolean,maintain:boolean,admin:boolean>",
            "type",
            "access_source",
            "organization_id long",
            "enterprise_id long",
            "parent {team}",
            "html_url",
            "url",
        ),
    ),
    primary_key=("id",),
    slices=_slices,
    fetch=_teams,
    ignored=("parent", "permissions", "members_url", "repositories_url"),
    category="organizations",
    data="/teams",
)

TEAM_MEMBERS = Table(
    name="team_members",
    columns=(*_IN_ORGANIZATION, *columns("team_id long", "team_slug"), *PERSON, *columns("role", "inherited boolean")),
    primary_key=("team_id", "id"),
    slices=_team_slices,
    fetch=_team_members,
    ignored=PERSON_LINKS,
    category="organizations",
    description="Members of each team, those of its child teams included.",
    data="/teams",
)

TABLES: tuple[Table, ...] = (ORGANIZATIONS, MEMBERS, TEAMS, TEAM_MEMBERS)
