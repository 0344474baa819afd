// What every client asks, and what the answers have to be, so that no client is asked for less than another.

import assert from "node:assert/strict";

export const [address, token] = process.argv.slice(2);
export const authorization = { authorization: `Bearer ${token}` };

export const OHIO = '{ state(code: "OH") { id name } }';
export const STATE = "query State($code: String!) { state(code: $code) { id name } }";
export const TWO_CODES = "query Wrong($code: Int!) { state(code: $code) { id name } }";
export const MINE = "query Mine { viewer { campaigns { id title } } }";
export const PAGE = `query Page($after: String) {
  communities(first: 2, after: $after, filter: { state: { code: { eq: "OH" } } }, orderBy: { field: GEOID }) {
    edges { cursor node { id geoid name } }
    pageInfo { hasNextPage endCursor }
  }
}`;
export const ADD = `mutation Add($input: AddMilestoneInput!) {
  addMilestone(input: $input) { milestone { id note } errors { __typename code message } }
}`;

export function milestone(campaign, key) {
  return { input: { campaign, kind: "EFFECTIVE", note: key, idempotencyKey: key } };
}

export function isOhio(data) {
  assert.equal(data.state.name, "Ohio");
}

export function isAdded(data, note) {
  assert.deepEqual(data.addMilestone.errors, []);
  assert.equal(data.addMilestone.milestone.note, note);
}

// The first four communities of Ohio, which came in two pages: in order, none twice.
export function areTwoPages(connection) {
  const geoids = connection.edges.map((edge) => edge.node.geoid);
  assert.equal(geoids.length, 4);
  assert.deepEqual(geoids, [...new Set(geoids)].sort());
  assert.equal(connection.pageInfo.hasNextPage, true);
  assert.equal(connection.pageInfo.endCursor, connection.edges.at(-1).cursor);
}

// Runs what is to be shown, one after the other, and says what held.
export async function show(steps) {
  for (const [name, step] of Object.entries(steps)) {
    await step();
    console.log(`ok ${name}`);
  }
}
