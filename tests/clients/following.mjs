// What clients of subscriptions are asked to show, whatever they come by: each gives an async iterator of responses.

import assert from "node:assert/strict";
import * as asked from "./questions.mjs";

const LAST = "{ events(first: 1, orderBy: [{ field: NUMBER, direction: DESC }]) { nodes { number } } }";
const CHANGES = `subscription Changes($after: Int) {
  changes(after: $after) { number event { action } }
}`;

async function answered(follow, query, variables = {}) {
  const responses = [];
  for await (const response of follow({ query, variables })) {
    responses.push(response);
  }
  assert.equal(responses.length, 1);
  assert.equal(responses[0].errors, undefined);
  return responses[0].data;
}

async function add(follow, note) {
  const campaign = (await answered(follow, asked.MINE)).viewer.campaigns[0].id;
  asked.isAdded(await answered(follow, asked.ADD, asked.milestone(campaign, note)), note);
}

// Follows the log from an event on, lets something happen after the first response, and stops at the last number.
async function told(follow, after, until) {
  const numbers = [];
  for await (const { data } of follow({ query: CHANGES, variables: { after } })) {
    numbers.push(data.changes.number);
    if (data.changes.number >= until) {
      return numbers;
    }
  }
  throw new Error("the subscription ended by itself");
}

const last = async (follow) => (await answered(follow, LAST)).events.nodes[0].number;

export function steps(follow, name) {
  return {
    "a query": async () => asked.isOhio(await answered(follow, asked.OHIO)),
    "a mutation": () => add(follow, `by ${name}`),
    "what happens is told": async () => {
      const start = await last(follow);
      const next = follow({ query: CHANGES, variables: { after: start } })[Symbol.asyncIterator]();
      const coming = next.next();
      await add(follow, `told to ${name}`);
      const { value } = await coming;
      assert.equal(value.data.changes.event.action, "milestone.added");
      assert.ok(value.data.changes.number > start);
      await next.return();
    },
    "who comes back misses nothing": async () => {
      const start = await last(follow);
      await add(follow, `missed by ${name} once`);
      await add(follow, `missed by ${name} twice`);
      const end = await last(follow);
      const numbers = await told(follow, start, end);
      assert.deepEqual(numbers, [...new Set(numbers)].sort((one, other) => one - other));
      assert.deepEqual(await told(follow, numbers[0], end), numbers.slice(1));
    },
  };
}
