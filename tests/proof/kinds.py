"""The accounts that histories are tried with: one for each way in which vendors tell of changes."""

from tests.proof.accounts import github, hubspot, links, osipi, salesforce, zendesk, zoho_crm

KINDS = (
    hubspot.HubSpot,
    zendesk.Tickets,
    zendesk.Organizations,
    zendesk.Comments,
    github.Issues,
    github.Events,
    links.Links,
    links.Days,
    salesforce.Salesforce,
    zoho_crm.Deals,
    zoho_crm.QueriedDeals,
    zoho_crm.Deletions,
    osipi.Recorded,
)


def name_of(kind):
    return f"{kind.format}-{kind.__name__}"
