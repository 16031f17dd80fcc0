import type { Language } from "./address";

/** A refusal of the API, in the words it gave. */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, detail: string) {
    super(detail);
  }
}

interface Tokens {
  access_token: string;
  refresh_token: string;
}

export interface Me {
  login: string;
  roles: { role: string }[];
}

/**
 * Talks to the API. Who signs in is remembered until the page is closed or loaded anew: tokens are in memory only, never
 * in the browser's stores.
 */
export class Client {
  language: Language = "ko";
  me: Me | null = null;
  /** Called when the session has ended by itself. */
  ended: () => void = () => {};
  private tokens: Tokens | null = null;
  private refreshing: Promise<boolean> | null = null;
  /** A published table never changes, and analysts may ask so often a day: what was asked once is kept until the session ends. */
  private readonly published = new Map<string, Promise<unknown>>();

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    if (!/\/publications\/[^/]+\/cubes\//.test(path)) return (await this.ask(path, { signal: signal ?? null })).json();
    const question = `${this.language} ${path}`;
    const known = this.published.get(question);
    if (known) return known as Promise<T>;
    const asked = this.ask(path, {}).then((answer) => answer.json()); // not to be broken off: others may wait for it, too
    this.published.set(question, asked);
    asked.catch(() => this.published.delete(question));
    return asked;
  }

  /** All items of a list, page by page. */
  async list<T>(path: string, signal?: AbortSignal): Promise<T[]> {
    const all: T[] = [];
    let after: string | null = null;
    do {
      const next: string = after === null ? "" : `${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(after)}`;
      const page: { items: T[]; next?: string | null } = await this.get(path + next, signal);
      all.push(...page.items);
      after = page.next ?? null;
    } while (after !== null);
    return all;
  }

  async signIn(login: string, password: string): Promise<Me> {
    const answer = await this.ask("/api/v1/auth/login", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ login, password }),
    });
    this.tokens = (await answer.json()) as Tokens;
    this.me = await this.get<Me>("/api/v1/me");
    return this.me;
  }

  /** Forgets the session here whatever happens, and tells the server. */
  async signOut(): Promise<void> {
    const told = this.tokens && this.ask("/api/v1/auth/logout", { method: "POST" });
    this.forget();
    await told;
  }

  /** A file that needs the token, which a plain link could not carry. */
  async file(path: string): Promise<{ name: string; content: Blob }> {
    const answer = await this.ask(path, {});
    const name = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
    return { name: name ?? "dure", content: await answer.blob() };
  }

  private async ask(path: string, init: RequestInit): Promise<Response> {
    const used = this.tokens;
    let answer = await this.send(path, init);
    if (answer.status === 401 && used && (await this.refresh(used))) answer = await this.send(path, init);
    if (answer.ok) return answer;
    const said = await answer.json().catch(() => ({}));
    throw new Problem(answer.status, said.code ?? "", said.detail ?? said.title ?? `HTTP ${answer.status}`);
  }

  private send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("Accept-Language", this.language);
    if (this.tokens) headers.set("Authorization", `Bearer ${this.tokens.access_token}`);
    return fetch(path, { ...init, headers, credentials: "omit" });
  }

  private forget() {
    this.tokens = this.me = null;
    this.published.clear();
  }

  /** A refresh token is good once: whoever finds the access token expired waits for the same refresh. */
  private async refresh(expired: Tokens): Promise<boolean> {
    if (this.tokens !== expired) return this.tokens !== null; // somebody was quicker
    this.refreshing ??= this.renew(expired).finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  private async renew(expired: Tokens): Promise<boolean> {
    const answer = await fetch("/api/v1/auth/refresh", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": this.language },
      body: JSON.stringify({ refresh_token: expired.refresh_token }),
      credentials: "omit",
    });
    if (answer.ok) {
      this.tokens = (await answer.json()) as Tokens;
      return true;
    }
    if (answer.status === 401) {
      this.forget();
      this.ended();
    }
    return false;
  }
}
