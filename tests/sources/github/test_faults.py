"""What GitHub says is wrong, and what follows."""

import json
import time

import pytest

from lakeflow_sources import AccessError, SignInError, TransientError, VendorError
from lakeflow_sources.http import Request, Response
from lakeflow_sources.sources.github.faults import faults
from tests.sources.github import reading


def answer(status, message, url="/repos/a/b/issues", **headers):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(
        Request("GET", url),
        status,
        named,
        json.dumps({"message": message, "documentation_url": "d", "status": str(status)}).encode(),
    )


def later(seconds):
    return str(int(time.time() + seconds))


@pytest.mark.parametrize(
    ("response", "kind", "code"),
    [
        (answer(200, "fine"), None, None),
        (answer(204, ""), None, None),
        (answer(304, ""), None, None),
        (answer(400, "Problems parsing JSON"), "fatal", ""),
        (answer(401, "Bad credentials"), "sign_in", ""),
        (answer(403, "Resource not accessible by integration"), "access", ""),
        (answer(403, "Must have push access to view repository collaborators."), "access", ""),
        (
            answer(
                403, "Resource not accessible by integration", x_ratelimit_remaining="0", x_ratelimit_reset=later(900)
            ),
            "access",
            "",
        ),
        (
            answer(
                403, "API rate limit exceeded for user ID 1.", x_ratelimit_remaining="0", x_ratelimit_reset=later(900)
            ),
            "retry",
            "",
        ),
        (answer(429, "API rate limit exceeded", x_ratelimit_remaining="0", x_ratelimit_reset=later(900)), "retry", ""),
        (answer(429, "Too many requests"), "retry", ""),
        (answer(403, "You have exceeded a secondary rate limit."), "retry", ""),
        (answer(403, "You have triggered an abuse detection mechanism.", retry_after="30"), "retry", ""),
        (
            answer(
                403,
                "The history or contributor list is too large to list contributors for this repository via the API.",
            ),
            "missing",
            "too_large",
        ),
        (answer(404, "Not Found"), "missing", ""),
        (answer(409, "Git Repository is empty."), "missing", "empty"),
        (answer(409, "Conflict"), "fatal", ""),
        (answer(410, "Issues has been disabled in this repository."), "missing", "disabled"),
        (answer(410, "This API version is no longer supported."), "fatal", ""),
        (answer(422, "Validation Failed"), "fatal", ""),
        (answer(422, "Pagination with the page parameter is not supported for large datasets"), "fatal", "cap"),
        (
            answer(422, "In order to keep the API fast for everyone, pagination is limited for this resource."),
            "fatal",
            "cap",
        ),
        (answer(422, "Only the first 10000 results are available."), "fatal", "cap"),
        (answer(451, "Repository access blocked"), "missing", "blocked"),
        (answer(500, "Server Error"), "retry", ""),
        (answer(502, "Server Error"), "retry", ""),
    ],
)
def test_kinds(response, kind, code):
    fault = faults(response)
    assert (fault and fault.kind, fault and fault.code) == (kind, code)


def test_how_long_to_wait():
    assert faults(answer(403, "secondary rate limit", retry_after="30")).wait_seconds == 30
    assert faults(answer(403, "secondary rate limit")).wait_seconds == 60
    wait = faults(
        answer(403, "API rate limit exceeded", x_ratelimit_remaining="0", x_ratelimit_reset=later(900))
    ).wait_seconds
    assert 890 < wait <= 900
    past = answer(403, "API rate limit exceeded", x_ratelimit_remaining="0", x_ratelimit_reset=later(-5))
    assert faults(past).wait_seconds == 1


def test_what_to_do_about_a_missing_right():
    by_permission = answer(403, "Resource not accessible", x_accepted_github_permissions="issues=read")
    by_scope = answer(403, "Must have admin rights", x_accepted_oauth_scopes="admin:org, read:org")
    by_sso = answer(
        403,
        "Resource protected by organization SAML enforcement.",
        x_github_sso="required; url=https://github.com/orgs/o/sso",
    )
    assert "permission issues=read" in faults(by_permission).remedy
    assert "scopes admin:org, read:org" in faults(by_scope).remedy
    assert "https://github.com/orgs/o/sso" in faults(by_sso).remedy


def query(errors, **headers):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(
        Request("POST", "https://api.github.com/graphql"),
        200,
        named,
        json.dumps({"data": None, "errors": errors}).encode(),
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}, "missing"),
        ({"type": "FORBIDDEN", "message": "Resource not accessible by integration"}, "access"),
        ({"type": "INSUFFICIENT_SCOPES", "message": "Your token has not been granted"}, "access"),
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, "retry"),
        ({"message": "You have exceeded a secondary rate limit."}, "retry"),
        ({"message": "Something went wrong while executing your query. This may be the result of a timeout"}, "retry"),
        ({"type": "undefinedField", "message": "Field 'x' doesn't exist on type 'Repository'"}, "fatal"),
    ],
)
def test_queries_say_what_is_wrong_with_status_200(error, kind):
    assert faults(query([error])).kind == kind
    fine = Response(Request("POST", "https://api.github.com/graphql"), 200, {}, b'{"data": {"repository": null}}')
    assert faults(fine) is None


def test_points_that_are_spent_name_the_time_of_their_return():
    fault = faults(
        query([{"type": "RATE_LIMITED", "message": "x"}], x_ratelimit_remaining="0", x_ratelimit_reset=later(600))
    )
    assert 590 < fault.wait_seconds <= 600


def test_a_part_of_a_query_that_failed_is_no_answer():
    body = {"data": {"repository": {"discussions": None}}, "errors": [{"type": "FORBIDDEN", "message": "no"}]}
    response = Response(Request("POST", "https://api.github.com/graphql"), 200, {}, json.dumps(body).encode())
    assert faults(response).kind == "access"


@pytest.fixture
def faulty(mine):
    yield mine
    mine.mock.clear_faults()


@pytest.mark.parametrize("kind", ["500", "502", "503", "429", "drop", "truncate", "invalid_json"])
def test_faults_that_pass_cost_no_row(faulty, kind):
    extra = {"retry_after": 0.1} if kind == "429" else {}
    faulty.mock.faults(kind, count=2, paths=["/issues$"], **extra)
    rows = faulty.rows("issues", page_size=30)
    assert len({row["id"] for row in rows}) == len(rows) == len(faulty.truth("issues"))


def test_a_web_page_in_the_place_of_an_answer_names_the_address(faulty):
    faulty.mock.faults("html", count=1, paths=["/issues$"])
    with pytest.raises(VendorError, match="/issues answered 200 with something that is not JSON .*check base_url"):
        faulty.rows("issues")


@pytest.mark.parametrize("table", ["issues", "pull_requests", "stargazers"])
def test_a_page_that_is_too_heavy_is_read_in_halves(faulty, table, monkeypatch):
    from lakeflow_sources.sources.github import pages

    expected = len(faulty.truth(table))
    tried = pages._ask

    def heavy(read, client, request, *, keep):
        if int(dict(request.params).get("per_page", 0)) > 12 and request.url.endswith(
            ("issues", "pulls", "stargazers")
        ):
            raise TransientError(f"GET {request.url} answered 502 after 9 attempts")
        return tried(read, client, request, keep=keep)

    monkeypatch.setattr(pages, "_ask", heavy)
    rows = faulty.rows(table, page_size=40, parallelism=1)
    assert len({row["id"] for row in rows}) == len(rows) == expected
    with pytest.raises(TransientError, match="502"):
        faulty.rows(table, page_size=26, parallelism=1)  # 13 cannot be halved


def test_a_server_that_stays_down_is_named_after_smaller_pages_were_tried(faulty):
    faulty.mock.faults("502", paths=["/issues$"])
    with pytest.raises(TransientError, match="/issues answered 502 .*after 2 attempts"):
        faulty.rows("issues", page_size=40, max_retries=1)
    sizes = {
        one["query"].split("per_page=")[1][:2] for one in faulty.mock.requests() if one["path"].endswith("/issues")
    }
    assert sizes == {"40", "20", "10"}


def test_a_next_page_on_another_host_gets_no_credentials(faulty):
    faulty.mock.faults("foreign_next", paths=["/labels$"])
    for _ in range(30):
        faulty.write("create")  # nothing to do with labels, only to have pages
    with pytest.raises(VendorError, match="must not go"):
        faulty.rows("labels", page_size=3)
    assert faulty.mock.counters()["strangers"] == []


def test_rows_that_sso_hides_are_noted(mine, monkeypatch):
    from lakeflow_sources.sources.github import pages

    notes = []

    class Client:
        def note(self, text):
            notes.append(text)

    hidden = Response(
        Request("GET", "/x"), 200, {"x-github-sso": "partial-results; organizations=21955855,20582480"}, b"[]"
    )
    pages._warn(Client(), hidden)
    pages._warn(Client(), Response(Request("GET", "/x"), 200, {"sunset": "Fri, 10 Mar 2028 00:00:00 GMT"}, b"[]"))
    assert "21955855,20582480" in notes[0]
    assert "set api_version to a later one" in notes[1]


def test_a_wrong_token_is_one_sentence_without_the_token_and_one_call(mine):
    with pytest.raises(SignInError, match="Bad credentials.*mistyped, expired or revoked") as error:
        mine.rows("issues", access_token="ghp_definitely-not-it")
    assert "definitely" not in str(error.value)
    assert len(mine.paths()) == 1, "a few wrong ones and GitHub refuses every call"


def test_an_app_reads_what_it_was_installed_for(mine):
    app = mine.mock.sign_in("app")
    rows = reading.rows(mine.mock, "issues", **{**app, **mine.options, "access_token": None})
    assert len(rows) == len(mine.truth("issues"))
    with pytest.raises(AccessError, match="none of"):
        reading.rows(mine.mock, "issues", **{**app, "repositories": "octo-labs/x,octo-labs/y", "access_token": None})
