"""Every table in full, row for row."""

import pytest

from tests.sources.zendesk import reading, truth

KEYS = {"tags": ("name",)}


@pytest.fixture(scope="module")
def tables(still):
    """Each table read once; a field that is no column, and not in `ignored`, would fail the read."""
    found = {}

    def read(name):
        if name not in found:
            found[name] = reading.table(still, name, on_schema_drift="fail")
        return found[name]

    return read


NAMES = [table.name for table in reading.ZENDESK.tables]


@pytest.mark.parametrize("name", NAMES)
def test_row_for_row_and_no_field_left_over(still, tables, name):
    expected = still.rows(name)
    assert len(expected) >= 3
    truth.check(tables(name), expected, KEYS.get(name, ("id",)))


def test_the_mock_knows_every_table_and_no_other(still):
    assert set(still.tables()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_all_columns_but_a_known_few_are_filled_by_some_record(tables, name):
    never = {
        "tickets": {"recipient", "forum_topic_id", "problem_id"},
        "ticket_events": {"via_reference_id"},
        "ticket_comments": {"via_reference_id", "metadata"},
        "ticket_metrics": {"solved_at"},
        "ticket_metric_events": {"group_sla"},
        "users": {
            "custom_role_id", "two_factor_auth_enabled", "signature", "default_group_id", "shared_phone_number",
            "permanently_deleted", "chat_only", "remote_photo_url",
        },
        "deleted_users": {"shared_phone_number"},
        "organizations": {"group_id", "deleted_at"},
        "ticket_fields": {
            "title_in_portal", "raw_title_in_portal", "agent_description", "required", "required_in_portal",
            "collapsed_for_agents", "visible_in_portal", "editable_in_portal", "agent_can_edit", "sub_type_id",
            "custom_statuses", "relationship_filter", "creator_user_id", "creator_app_name",
        },
        "custom_statuses": {"url"},
        "macros": {"categories"},
        "sla_policies": {"metric_settings"},
        "suspended_tickets": {"ticket_id", "error_messages"},
        "user_fields": {"system", "tag", "relationship_target_type", "relationship_filter", "regexp_for_validation"},
        "organization_fields": {
            "system", "tag", "relationship_target_type", "relationship_filter", "regexp_for_validation", "custom_field_options",
        },
        "articles": {"user_segment_id"},
        "article_comments": {"non_author_editor_id", "non_author_updated_at"},
        "post_comments": {"non_author_editor_id", "non_author_updated_at"},
        "sections": {"parent_section_id"},
    }  # fmt: skip
    got = tables(name)
    empty = {field.name for field in got.schema if got[field.name].null_count == got.num_rows}
    assert empty == never.get(name, set())


def test_declared_keys_cursors_and_kinds():
    kinds = {table.name: table.ingestion for table in reading.ZENDESK.tables if table.ingestion != "snapshot"}
    assert kinds == {
        "tickets": "cdc_with_deletes",
        "users": "cdc_with_deletes",
        "organizations": "cdc",
        "ticket_metrics": "cdc",
        "satisfaction_ratings": "cdc",
        "side_conversations": "cdc",
        "articles": "cdc",
        "ticket_events": "append",
        "ticket_comments": "append",
        "ticket_audits": "append",
        "ticket_metric_events": "append",
        "audit_logs": "append",
        "deleted_tickets": "append",
    }
    for table in reading.ZENDESK.tables:
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names))
        assert set(table.primary_key) <= set(names)
        assert (table.cursor is None) == (table.ingestion == "snapshot")
        if table.cursor:
            kind = next(column.type for column in table.columns if column.name == table.cursor.field)
            assert kind == "timestamp"
            assert table.cursor.lag >= 60, "exports hide the last minute"
        assert (names[-1] == "_deleted") == (table.ingestion == "cdc_with_deletes")
