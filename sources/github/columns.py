"""Columns that many tables share, and the shapes of what GitHub puts inside of records."""

from __future__ import annotations

from lakeflow_sources import Column, fields

__all__ = ["IN_REPOSITORY", "columns", "known"]

_USER = "struct<login:string,id:long,node_id:string,type:string,site_admin:boolean>"
_TEAM = "struct<id:long,node_id:string,name:string,slug:string>"
_SHAPES = {
    "user": _USER,
    "users": f"array<{_USER}>",
    "team": _TEAM,
    "teams": f"array<{_TEAM}>",
    "labels": "array<struct<id:long,node_id:string,name:string,color:string,description:string,default:boolean>>",
    "milestone": (
        "struct<id:long,node_id:string,number:long,title:string,state:string,"
        "created_at:timestamp,updated_at:timestamp,closed_at:timestamp,due_on:timestamp>"
    ),
    "app": "struct<id:long,slug:string,name:string>",
    "person": "struct<name:string,email:string,date:timestamp>",
    "parents": "array<struct<sha:string>>",
    "verification": "struct<verified:boolean,reason:string,verified_at:timestamp>",
    "branch": (
        f"struct<label:string,ref:string,sha:string,user:{_USER},"
        "repo:struct<id:long,name:string,full_name:string,fork:boolean>>"
    ),
}

IN_REPOSITORY: tuple[Column, ...] = fields("@owner", "@repo", "@repository_id long")
"""The first columns of every table that a repository has."""


def columns(*lines: str) -> tuple[Column, ...]:
    """Columns as `fields` takes them, whose types may be `{user}` and the other shapes."""
    return fields(*(line.format(**_SHAPES) for line in lines))


def known(*tables: tuple[Column, ...]) -> tuple[str, ...]:
    """Places inside of which fields are left out on purpose: GitHub repeats whole users and repositories there."""
    return tuple(dict.fromkeys(one.source for table in tables for one in table if "struct<" in one.type))
