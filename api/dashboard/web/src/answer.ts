import { createContext } from "preact";
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Client } from "./client";
import { Problem } from "./client";
import type { Format } from "./format";
import type { Words } from "./words";

/** What every part of the page has at hand. */
export interface Surroundings {
  client: Client;
  words: Words;
  format: Format;
  signedIn: boolean;
}

export const Around = createContext<Surroundings>(null as never);

export function useAround(): Surroundings {
  return useContext(Around);
}

/** An answer of the API on its way: data is null until the one that was asked for is here. */
export interface Answer<T> {
  data: T | null;
  problem: Error | null;
  busy: boolean;
  again: () => void;
}

/** Asks for a path's answer whenever the path changes; null asks for nothing. */
export function useAnswer<T>(path: string | null, ask: (client: Client, path: string, signal: AbortSignal) => Promise<T>): Answer<T> {
  const { client, words, signedIn } = useAround();
  const [tries, setTries] = useState(0);
  const [state, setState] = useState<{ of: string | null; data: T | null; problem: Error | null }>({ of: null, data: null, problem: null });
  // Who is signed in, and the language of names, belong to the question.
  const question = path === null ? null : `${path} ${signedIn} ${words.other} ${tries}`;
  const asking = useRef(ask);
  asking.current = ask;
  useLayoutEffect(() => { // at once: an effect would wait until what is there so far is painted
    if (path === null || question === null) {
      setState({ of: null, data: null, problem: null });
      return;
    }
    const stop = new AbortController();
    asking.current(client, path, stop.signal).then(
      (data) => !stop.signal.aborted && setState({ of: question, data, problem: null }),
      (problem: Error) => !stop.signal.aborted && setState({ of: question, data: null, problem }),
    );
    return () => stop.abort();
  }, [question]);
  const here = state.of === question;
  return { data: here ? state.data : null, problem: here ? state.problem : null, busy: !here, again: () => setTries(tries + 1) };
}

const items = <T>(client: Client, path: string, signal: AbortSignal) => client.list<T>(path, signal);

/** All items of a list. */
export function useItems<T>(path: string | null): Answer<T[]> {
  return useAnswer(path, items<T>);
}

/** What went wrong, for people: a refusal in the API's words, anything else as a lost connection. */
export function explain(problem: Error, words: Words): string {
  return problem instanceof Problem ? problem.message : words.offline;
}
