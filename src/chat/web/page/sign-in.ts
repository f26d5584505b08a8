import { html, nothing, type TemplateResult } from "lit-html";
import { ask } from "./api.ts";
import { changed } from "./model.ts";

const name = html`<h1><img src="/assets/icon.svg" alt="" width="28" height="28" /> Nonet</h1>`;
let token = "";
let busy = false;
let problem: string | null = null;

/** Takes the token out of the address, where it would stay in the history and on the screen. */
export function takeToken(): void {
  token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}

/**
 * The page that a link opens. Nothing is signed in before somebody presses the button: programs that look at links ahead
 * of people would use them up.
 */
export function signInPage(): TemplateResult {
  return html`<main class="door">
    ${name}
    ${
      token === ""
        ? howTo()
        : html`<p>This link signs you in once. You act under the name of whoever asked for it.</p>
            <button type="button" class="primary" ?disabled=${busy} @click=${signIn}>Sign in</button>`
    }
    ${problem === null ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
  </main>`;
}

/** What is shown to somebody who is not signed in. */
export function outPage(): TemplateResult {
  return html`<main class="door">
    ${name}
    <p>You are not signed in.</p>
    ${howTo()}
  </main>`;
}

const howTo = (): TemplateResult =>
  html`<p>
    Type <kbd>/console link</kbd> in chat, or on the machine of the bot <kbd>npm run nonet -- '/console link'</kbd>, and
    open the link that you get.
  </p>`;

async function signIn(): Promise<void> {
  busy = true;
  problem = null;
  changed();
  try {
    await ask("/api/sign-in", { token });
    location.replace("/");
  } catch (error) {
    busy = false;
    problem = error instanceof Error ? error.message : String(error);
    changed();
  }
}
