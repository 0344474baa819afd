"use strict";

// The page of GraphiQL: who asks, with which token, examples to begin with, and how questions get to the server.
// The token and all that is typed stay in this tab's storage and are gone with the tab.

const ADDRESS = new URL("/graphql", location.href).href;
const TOKEN = "fund-token";
const WELCOME = `# Write a query, or open an example.
# Ctrl-Enter runs it.
{
  communities { totalCount }
  campaigns(
    first: 3
    orderBy: { field: ELECTION_ON, direction: DESC }
  ) {
    nodes { title electionOn outcome }
  }
}
`;
const ME = "query WhoAmI { viewer { person { name } roles { role } campaigns { id } } }";

const REFUSED = ["UNAUTHENTICATED", "THROTTLED"]; // of tokens: the question was not looked at

const at = (id) => document.getElementById(id);
const token = () => sessionStorage.getItem(TOKEN);
const authorization = () => (token() ? { authorization: `Bearer ${token()}` } : {});

// What the server answers by documents' identifiers alone is asked so, once it says that it does.
const known = { identifiers: new Map(), trustedOnly: false, campaign: null };

function named(question) {
  const documentId = known.trustedOnly && known.identifiers.get(question.query);
  return documentId ? { ...question, query: undefined, documentId } : question;
}

function ask(address, { headers, body, ...request }) {
  const accept = "application/graphql-response+json, application/json;q=0.9";
  const asked = JSON.stringify(named(JSON.parse(body)));
  return fetch(address, { ...request, headers: { accept, ...authorization(), ...headers }, body: asked });
}

async function answered(question, options = {}) {
  const headers = { "content-type": "application/json", ...options.headers };
  return (await ask(ADDRESS, { method: "POST", headers, body: JSON.stringify(question) })).json();
}

function complain(words) {
  at("trouble").textContent = words;
  at("trouble").hidden = !words;
}

// The schema may be kept for administrators, or for nobody; queries are answered all the same, or the examples are.
async function schemaFetched(question, options) {
  const answer = await answered(question, options);
  const [error] = answer.errors ?? [];
  const code = error?.extensions?.code;
  known.trustedOnly = code === "PERSISTED_DOCUMENT_REQUIRED";
  if (known.trustedOnly) {
    complain("This server answers trusted documents alone: the examples as they stand, and nothing else.");
  } else if (error && !REFUSED.includes(code)) {
    complain(`The schema is not shown to you, so that nothing is completed or explained here: use the token of an \
administrator to see it. Queries are answered all the same. (${error.message})`);
  } else {
    complain("");
  }
  return answer;
}

function whoIs(headers = {}) {
  return answered({ query: ME }, { headers }).catch((error) => ({ errors: [error] }));
}

async function showWho() {
  at("sign-out").hidden = !token();
  if (!token()) {
    at("who").textContent = "Without a token you see what everybody may see.";
    return;
  }
  const { data, errors } = await whoIs();
  const { person, roles, campaigns } = data?.viewer ?? {};
  const [error] = errors ?? [];
  known.campaign = campaigns?.[0]?.id ?? null;
  if (person) {
    const names = new Set(roles.map((each) => each.role.toLowerCase().replaceAll("_", " ")));
    at("who").textContent = `Signed in as ${[person.name, ...names].join(", ")}.`;
  } else if (REFUSED.includes(error?.extensions?.code)) {
    at("who").textContent = `The token is not taken any more: ${error.message}`;
  } else {
    at("who").textContent = "Your token goes with every question.";
  }
}

// A token is kept once the server has taken it.
async function signIn(given, edit) {
  const { errors } = await whoIs({ authorization: `Bearer ${given}` });
  const refusal = errors?.find((error) => REFUSED.includes(error.extensions?.code));
  if (refusal) {
    at("who").textContent = `The token was not taken: ${refusal.message}`;
  } else {
    sessionStorage.setItem(TOKEN, given);
    edit();
  }
}

function icon() {
  const path = "M4 3h11l5 5v13H4zM14 3v6h6M8 13h8M8 17h5";
  const stroke = { fill: "none", stroke: "currentColor", strokeWidth: 1.5, strokeLinejoin: "round" };
  return React.createElement("svg", { viewBox: "0 0 24 24", ...stroke }, React.createElement("path", { d: path }));
}

function fill(example, { queryEditor, variableEditor }) {
  const variables = { ...example.variables };
  if ("campaign" in variables && known.campaign) {
    variables.campaign = known.campaign; // your own
  }
  queryEditor.setValue(example.document);
  variableEditor.setValue(Object.keys(variables).length ? JSON.stringify(variables, null, 2) : "");
}

// Opens examples: each in a tab of its own, unless nothing was written in the one that is there. GraphiQL writes into
// its editors while it adds a tab, and React may have it do so twice when a click is more urgent than what came before;
// so a tab is added after the click, and filled when it is there.
function useOpening() {
  const editors = GraphiQL.React.useEditorContext();
  const [wanted, want] = React.useState(null);
  const tabs = editors.tabs.length;
  React.useEffect(() => {
    if (wanted && tabs > wanted.tabs) {
      fill(wanted.example, editors);
      want(null);
    }
  }, [wanted, tabs]);
  return (example) => {
    if ([WELCOME.trim(), ""].includes(editors.queryEditor.getValue().trim())) {
      fill(example, editors);
    } else {
      setTimeout(() => {
        want({ example, tabs });
        editors.addTab();
      });
    }
  };
}

function listing(examples) {
  const groups = [...new Set(examples.map((each) => each.group))];
  return function Examples() {
    const h = React.createElement;
    const open = useOpening();
    const button = (each) =>
      h(
        "li",
        { key: each.name },
        h("button", { type: "button", onClick: () => open(each) }, each.name),
        h("p", null, each.meaning),
      );
    const group = (name) => [
      h("h2", { key: `${name}?` }, name),
      h("ul", { key: name }, examples.filter((each) => each.group === name).map(button)),
    ];
    return h("section", { className: "examples" }, h("h1", null, "Examples"), groups.flatMap(group));
  };
}

// What GraphiQL keeps, and "Clear data" in its settings forgets, the token with it.
const storage = {
  getItem: (name) => sessionStorage.getItem(name),
  setItem: (name, value) => sessionStorage.setItem(name, value),
  removeItem: (name) => sessionStorage.removeItem(name),
  clear: () => {
    sessionStorage.clear();
    showWho();
  },
  get length() {
    return sessionStorage.length;
  },
};

function fetcher(websocket) {
  return GraphiQL.createFetcher({
    url: ADDRESS,
    fetch: ask,
    schemaFetcher: schemaFetched,
    wsClient: websocket,
    enableIncrementalDelivery: false,
  });
}

// The editor is made anew for everybody who signs in: what they see of the schema and of changes is theirs.
function editing(plugin) {
  const root = ReactDOM.createRoot(at("editor"));
  let number = 0;
  let websocket = null;
  let visible;
  return () => {
    websocket?.dispose();
    websocket = graphqlWs.createClient({
      url: ADDRESS.replace(/^http/, "ws"),
      connectionParams: authorization,
      jsonMessageReplacer: (key, value) => (key === "payload" && value?.query ? named(value) : value),
    });
    const parts = {
      key: (number += 1),
      fetcher: fetcher(websocket),
      storage,
      plugins: [plugin],
      visiblePlugin: visible,
      onTogglePluginVisibility: (shown) => (visible = shown?.title),
      defaultQuery: WELCOME,
      defaultEditorToolsVisibility: "variables",
      shouldPersistHeaders: false,
    };
    ReactDOM.flushSync(() => root.render(React.createElement(GraphiQL, parts)));
    if (number === 1) {
      // This version of GraphiQL lays a plugin out that it is told to begin with, and does not show it.
      document.querySelector(`[aria-label="Show ${plugin.title}"]`)?.click();
    }
    showWho();
  };
}

async function start() {
  const examples = await (await fetch(at("editor").dataset.examples)).json();
  examples.forEach((each) => known.identifiers.set(each.document, each.identifier));
  const plugin = { title: "Examples", icon, content: listing(examples) };
  const edit = editing(plugin);
  at("sign-in").hidden = false;
  at("sign-in").addEventListener("submit", (event) => {
    event.preventDefault();
    const given = at("token").value.trim().replace(/^Bearer\s+/i, "");
    at("token").value = "";
    if (given) {
      signIn(given, edit);
    }
  });
  at("sign-out").addEventListener("click", () => {
    sessionStorage.removeItem(TOKEN);
    edit();
  });
  edit();
}

if (["React", "ReactDOM", "graphqlWs", "GraphiQL"].every((name) => name in window)) {
  start().catch((error) => complain(`The editor could not be started: ${error.message}`));
} else {
  complain(
    "The editor could not be loaded: it is not installed here, and the network that it would come from was not reached. \
Whoever runs this server installs it by `make assets`.",
  );
}
