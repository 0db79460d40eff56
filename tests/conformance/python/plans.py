"""Imports every module of the generated client, signs in, and lists plans: plans.py URL"""

import importlib
import pkgutil
import sys

import concord_client
from concord_client import AuthenticatedClient, Client
from concord_client.api.plans import get_plan, list_plans
from concord_client.api.sign_in import login
from concord_client.models import LoginInput, PlanPage, PlanStatus, ProblemDetails

modules = list(pkgutil.walk_packages(concord_client.__path__, "concord_client."))
for module in modules:
    importlib.import_module(module.name)

url = f"{sys.argv[1]}/api/v1"
anonymous = Client(base_url=url)
who = LoginInput(email="focal_point@kgz.demo", password="rehearsal-only-Concord-demo")
tokens = login.sync(client=anonymous, body=who)
client = AuthenticatedClient(base_url=url, token=tokens.access_token)

page = list_plans.sync(client=client, limit=2, total=True)
assert isinstance(page, PlanPage), page
assert page.page.total >= len(page.items) > 0, page.page
assert all(isinstance(plan.status, PlanStatus) for plan in page.items)

plan = get_plan.sync(id=str(page.items[0].id), client=client)
assert plan == get_plan.sync(id=str(plan.id), client=client) and plan.title == page.items[0].title

refused = list_plans.sync_detailed(client=client, limit=0)
assert refused.status_code == 400 and isinstance(refused.parsed, ProblemDetails), refused
assert refused.parsed.errors[0].code == "limit_out_of_range", refused.parsed

print(f"{len(modules)} modules import, {page.page.total} plans are listed")
