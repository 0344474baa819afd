// The page of GraphiQL as somebody uses it who signs in: queries, an example, a mutation, subscriptions, the token.
// Pictures are written into a folder, to be looked at.

import assert from "node:assert/strict";
import { join } from "node:path";
import { opened } from "./browser.mjs";
import { address, authorization, show, token } from "./questions.mjs";

const [pictures] = process.argv.slice(4);
const { browser, page, troubles, elsewhere } = await opened(address);
const answer = page.locator(".result-window .CodeMirror-code");
const picture = (name) => page.screenshot({ path: join(pictures, `${name}.png`) });

const VARIABLES = ".graphiql-editor-tool .graphiql-editor:not(.hidden)";

async function write(editor, text) {
  await page.locator(`${editor} .CodeMirror`).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

async function writeQuery(text, variables = "") {
  await write(".graphiql-query-editor", text);
  await write(VARIABLES, variables);
}

// GraphiQL reads a new document a tenth of a second after it was written, or later on a busy machine; before that it would
// run the operation of the one before. The tab is called by the operation from then on.
async function read(name) {
  await page.locator(".graphiql-tab-active", { hasText: name }).waitFor();
}

async function openExample(name) {
  await page.getByRole("button", { name }).click();
  await read(name);
}

async function run() {
  await page.locator(".graphiql-query-editor .CodeMirror").click();
  await page.keyboard.press("Control+Enter");
}

async function answered(text) {
  await answer.getByText(text).first().waitFor();
}

async function signIn(given) {
  await page.getByLabel("API token").fill(given);
  await page.getByRole("button", { name: "Use it" }).click();
}

async function asked(query, variables = {}) {
  const headers = { "content-type": "application/json", ...authorization };
  return (await fetch(address, { method: "POST", headers, body: JSON.stringify({ query, variables }) })).json();
}

const { data } = await asked("{ viewer { campaigns { id } } }");
const input = { campaign: data.viewer.campaigns[0].id, kind: "EFFECTIVE", note: "from the browser" };
const MUTATION = `mutation NoteIt($input: AddMilestoneInput!) {
  addMilestone(input: $input) { milestone { note } errors { message } }
}`;

const steps = {
  "the page says that it is a demonstration": async () => {
    await page.goto(address);
    await page.locator("#demo", { hasText: "DEMO" }).waitFor();
    await page.getByText("you see what everybody may see").waitFor();
    await page.getByRole("button", { name: "OurApplications" }).waitFor();
    await picture("1-opened");
  },
  "a query is typed and run": async () => {
    await page.locator(".graphiql-query-editor .CodeMirror").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type('{ state(code: "OH") { name } }');
    await run();
    await answered("Ohio");
    await picture("2-query");
  },
  "a wrong token is told to be one": async () => {
    await signIn("fund_nonsense");
    await page.getByText("The token was not taken").waitFor();
    assert.equal(await page.evaluate(() => sessionStorage["fund-token"]), undefined);
    assert.deepEqual(troubles.splice(0).map((each) => each.slice(0, 12)), ["refused: 401"]);
  },
  "a token signs in": async () => {
    await signIn(token);
    await page.getByText("Signed in as Coordinator (fictional), coordinator.").waitFor();
    assert.equal(await page.getByLabel("API token").inputValue(), "");
  },
  "an example is opened and answers what is one's own": async () => {
    await openExample("OurApplications");
    await run();
    await answered("MORE_INFO_REQUESTED");
    await picture("3-example");
  },
  "a mutation is done": async () => {
    await page.getByLabel("New tab").click();
    await writeQuery(MUTATION, JSON.stringify({ input }));
    await read("NoteIt");
    await run();
    await answered("from the browser");
    await picture("4-mutation");
  },
  "a subscription shows what is done meanwhile": async () => {
    const last = await asked("{ events(first: 1, orderBy: { field: NUMBER, direction: DESC }) { nodes { number } } }");
    await openExample("FollowOurCampaign");
    const after = last.data.events.nodes[0].number;
    await write(VARIABLES, JSON.stringify({ campaign: input.campaign, after }));
    await run();
    await page.getByLabel("Stop query").waitFor();
    await asked(MUTATION, { input: { ...input, note: "meanwhile" } });
    await answered("milestone.added");
    await picture("5-subscription");
    await page.getByLabel("Stop query").click();
    await page.getByLabel("Execute query").waitFor();
  },
  "what there is to ask for is explained": async () => {
    await page.getByLabel("Show Documentation Explorer").click();
    await page.getByRole("link", { name: "Mutation", exact: true }).click();
    await page.getByText("Begin a campaign, which its people and the staff see.").first().waitFor();
    await picture("6-explained");
  },
  "dialogs open under the policy, and dark is dark": async () => {
    await page.getByLabel("Open settings dialog").click();
    await page.getByRole("button", { name: "Dark" }).click();
    await page.keyboard.press("Escape");
    await picture("7-dark");
  },
  "the token is in this tab alone, and is forgotten": async () => {
    const kept = () => page.evaluate(() => [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie]);
    const [stored, session, cookies] = await kept();
    assert.ok(session.includes(token));
    assert.ok(!stored.includes(token) && !cookies.includes(token));
    await page.getByRole("button", { name: "Forget it" }).click();
    await page.getByText("you see what everybody may see").waitFor();
    assert.ok(!(await kept()).join().includes(token));
  },
  "nothing went wrong, and nobody else was asked": async () => {
    assert.deepEqual(troubles, []);
    assert.deepEqual([...elsewhere], []);
  },
};

try {
  await show(steps);
} catch (error) {
  await picture("failed");
  console.log(troubles.join("\n"));
  throw error;
} finally {
  await browser.close();
}
