import { useEffect, useRef, useState } from "preact/hooks";
import { explain, useAround } from "./answer";

interface SignInProps {
  done: (roles: string[], login: string) => void;
  close: () => void;
}

/** The dialogue in which analysts and officers sign in. */
export function SignIn({ done, close }: SignInProps) {
  const { client, words } = useAround();
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem("");
    try {
      const me = await client.signIn(String(form.get("login")), String(form.get("password")));
      done(me.roles.map((r) => r.role), me.login);
    } catch (e) {
      setProblem(explain(e as Error, words));
      setBusy(false);
    }
  }
  return (
    <dialog ref={dialog} class="signin" aria-labelledby="signin-title" onClose={close}>
      <form onSubmit={submit}>
        <h2 id="signin-title">{words.signIn}</h2>
        <p>{words.signInWhy}</p>
        <label class="field"><span>{words.login}</span><input name="login" autocomplete="username" autocapitalize="none" required /></label>
        <label class="field"><span>{words.password}</span><input name="password" type="password" autocomplete="current-password" required /></label>
        <p class="problem" role="alert">{problem}</p>
        <div class="actions">
          <button class="primary" disabled={busy}>{words.signIn}</button>
          <button type="button" onClick={() => dialog.current?.close()}>{words.cancel}</button>
        </div>
      </form>
    </dialog>
  );
}
