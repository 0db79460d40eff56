// Starts GraphiQL against /graphql and lends it the sign-in.
//
// The access token lives in this closure only: never in storage, a cookie or the editor's headers,
// so closing or reloading the page signs out.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("sign-in");
  const signedIn = byId("signed-in");
  const message = byId("message");
  let token = null;

  const say = (text) => { message.textContent = text; };

  const show = (email) => {
    form.hidden = email !== null;
    signedIn.hidden = email === null;
    byId("who").textContent = email === null ? "" : `Signed in as ${email}`;
  };

  const forget = () => {
    token = null;
    show(null);
  };

  const problemText = async (answer) => {
    try {
      const problem = await answer.json();
      return problem.detail || problem.title || `The server answered ${answer.status}.`;
    } catch {
      return `The server answered ${answer.status}.`;
    }
  };

  const signIn = async (email, password) => {
    const answer = await fetch("api/v1/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      credentials: "omit",
      body: JSON.stringify({ email, password }),
    });
    if (!answer.ok) throw new Error(await problemText(answer));
    const { access_token: given } = await answer.json();
    if (!given) throw new Error("The server's answer holds no access token.");
    token = given;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const email = byId("email").value.trim();
    const password = byId("password");
    button.disabled = true;
    say("");
    try {
      await signIn(email, password.value);
      password.value = "";
      show(email);
    } catch (error) {
      say(error.message);
    } finally {
      button.disabled = false;
    }
  });

  byId("sign-out").addEventListener("click", () => {
    forget();
    say("");
  });

  const fetchSignedIn = async (url, options) => {
    const headers = new Headers(options.headers);
    if (token !== null && !headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
    const answer = await fetch(url, { ...options, headers, credentials: "omit" });
    if (answer.status === 401 && token !== null) {
      forget();
      say("The sign-in has ended. Sign in again.");
    }
    return answer;
  };

  const defaultQuery = `# Ctrl-Enter runs, Ctrl-Space completes.
# Without a sign-in: what is public.
query CentralAsia {
  countries(filter: { region: "CA" }, first: 10) {
    nodes { code name }
  }
}
`;

  const fetcher = GraphiQL.createFetcher({ url: "graphql", fetch: fetchSignedIn });
  ReactDOM.createRoot(byId("graphiql")).render(
    React.createElement(GraphiQL, { fetcher, defaultQuery, shouldPersistHeaders: false }),
  );
})();
