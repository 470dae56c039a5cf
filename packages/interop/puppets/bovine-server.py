"""A bovine server with one actor that does what it is told: whoever knows PUPPET_PORT (127.0.0.1 alone) makes it act,
and looks at what it holds."""

import asyncio
import os
import sys
from importlib.metadata import version

from bovine_herd import BovineHerd
from bovine_process import handle_outbox_item, process_outbox_item
from bovine_process.types import ProcessingItem
from bovine_store import BovineAdminStore
from bovine_store.store.collection import collection_all
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, request

NAME = "puppet"
app = BovineHerd(Quart("bovine"))
stage = Quart("stage")
held = {}


@app.before_serving
async def register():
    held["name"] = await BovineAdminStore(domain=os.environ["DOMAIN"]).register(NAME)


async def actor():
    return await app.config["bovine_store"].actor_for_name(held["name"])


async def say(value):
    puppet = await actor()
    item = await handle_outbox_item(ProcessingItem(puppet.actor_id, value), puppet)
    await process_outbox_item(item, puppet)
    inner = item.data.get("object")
    return {"activity": item.data, "object": inner.get("id") if isinstance(inner, dict) else inner}


async def who(_value):
    puppet = (await actor()).actor_object
    return {"id": puppet.id, "followers": puppet.followers, "following": puppet.following, "inbox": puppet.inbox, "version": version("bovine_herd")}


async def members(value):
    return await collection_all((await actor()).actor_id, value)


async def stored(value):
    return await (await actor()).retrieve(value, skip_fetch=True)


async def fetched(value):
    return await (await actor()).get(value)


ACTS = {"say": say, "who": who, "members": members, "stored": stored, "fetched": fetched}


@stage.post("/")
async def act():
    told = await request.get_json(force=True)
    try:
        return {"result": await ACTS[told["act"]](told.get("value"))}
    except Exception as error:  # whatever it is, who asked is told
        return {"error": repr(error)}, 409


def bound(port):
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    return config


async def main():
    await asyncio.gather(serve(app, bound(sys.argv[1])), serve(stage, bound(sys.argv[2])))


asyncio.run(main())
