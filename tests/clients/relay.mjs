// Relay: relay-compiler on our SDL, and its runtime with what it compiled, pagination and refetching included.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import relay from "relay-runtime";
import { compile } from "./compiling.mjs";
import * as asked from "./questions.mjs";

const [sdl, folder] = process.argv.slice(4);
const source = resolve(folder, "src");
const require = createRequire(import.meta.url);

function prepare() {
  mkdirSync(source, { recursive: true });
  cpSync(join(import.meta.dirname, "relay"), source, { recursive: true });
  cpSync(sdl, join(folder, "schema.graphql"));
  const config = { src: "./src", schema: "./schema.graphql", language: "javascript", eagerEsModules: false };
  writeFileSync(join(folder, "relay.config.json"), JSON.stringify(config));
}

function compiled(name) {
  return require(join(source, "__generated__", `${name}.graphql.js`));
}

async function fetched(operation, variables) {
  const headers = { "content-type": "application/json", ...asked.authorization };
  const body = JSON.stringify({ query: operation.text, variables });
  return (await fetch(asked.address, { method: "POST", headers, body })).json();
}

const environment = new relay.Environment({
  network: relay.Network.create(fetched),
  store: new relay.Store(new relay.RecordSource()),
});

async function answered(name, variables) {
  const query = compiled(name);
  const data = await relay.fetchQuery(environment, query, variables).toPromise();
  environment.retain(relay.createOperationDescriptor(query, variables));
  return data;
}

function read(fragment, data) {
  const selector = relay.getSingularSelector(compiled(fragment), data);
  return environment.lookup(selector).data;
}

let state;
await asked.show({
  "the compiler takes the SDL and the documents": async () => {
    prepare();
    assert.equal(compile(folder).length, 7);
  },
  "a query": async () => {
    ({ state } = await answered("appQuery", { code: "OH", first: 2 }));
    assert.equal(state.name, "Ohio");
  },
  "two pages of a fragment": async () => {
    const { endCursor } = (read("app_communities", state)).communities.pageInfo;
    await answered("appCommunitiesPageQuery", { id: state.id, first: 2, after: endCursor });
    asked.areTwoPages((read("app_communities", state)).communities);
  },
  "a fragment is fetched again": async () => {
    const [{ node }] = (read("app_communities", state)).communities.edges;
    const before = read("app_community", node);
    await answered("appCommunityQuery", { id: node.id });
    assert.deepEqual(read("app_community", node), before);
    assert.ok(before.name);
  },
  "a mutation": async () => {
    const { viewer } = await answered("appMineQuery", {});
    const variables = asked.milestone(viewer.campaigns[0].id, "by Relay");
    const mutation = compiled("appAddMutation");
    const done = await new Promise((onCompleted, onError) => {
      relay.commitMutation(environment, { mutation, variables, onCompleted, onError });
    });
    asked.isAdded(done, "by Relay");
  },
});
