import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { explain, useAround, type Answer } from "./answer";
import { downloadPath, type FileKind } from "./edition";

interface CardProps {
  id: string;
  title: string;
  /** Where the API has these numbers, and as which files. */
  path: string;
  kinds?: FileKind[];
  wide?: boolean;
  answer: Pick<Answer<unknown>, "problem" | "busy" | "again" | "data">;
  children: () => ComponentChildren;
}

/** One figure with its name and its downloads; its content is asked for once the numbers are here. */
export function Card({ id, title, path, kinds, wide, answer, children }: CardProps) {
  const { words } = useAround();
  return (
    <section class={wide ? "card wide" : "card"} aria-labelledby={`${id}-title`} aria-busy={answer.busy} id={id}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        <Downloads path={path} figure={title} kinds={kinds} />
      </header>
      {answer.problem ? (
        <div class="problem" role="alert">
          <p>{words.failed} {explain(answer.problem, words)}</p>
          <button onClick={answer.again}>{words.again}</button>
        </div>
      ) : answer.data === null ? (
        <div class="skeleton"><span class="unseen">{words.loading}</span></div>
      ) : (
        children()
      )}
    </section>
  );
}

/** Links to the same numbers as files. Who is signed in cannot use a plain link: the token travels in a header. */
export function Downloads({ path, figure, kinds = ["csv", "xlsx"] }: { path: string; figure: string; kinds?: FileKind[] | undefined }) {
  const { client, signedIn, words } = useAround();
  const [problem, setProblem] = useState("");
  async function fetchFile(event: MouseEvent, url: string) {
    if (!signedIn) return;
    event.preventDefault();
    setProblem("");
    try {
      const { name, content } = await client.file(url);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(content);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (e) {
      setProblem(explain(e as Error, words));
    }
  }
  return (
    <div class="downloads">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" /></svg>
      {kinds.map((kind) => {
        const url = downloadPath(path, kind);
        return (
          <a key={kind} href={url} download={kind === "json" ? `${path.split("/").pop()}.json` : true} aria-label={words.downloadAs(figure, kind.toUpperCase())} onClick={(e) => fetchFile(e, url)}>
            {kind.toUpperCase()}
          </a>
        );
      })}
      {problem && <p class="problem" role="alert">{problem}</p>}
    </div>
  );
}
