import { useAround } from "./answer";

interface HeaderProps {
  login: string | null;
  switchLanguage: () => void;
  signIn: () => void;
  signOut: () => void;
}

/** The head of the page: what it is, in which language, and who looks. */
export function Header({ login, switchLanguage, signIn, signOut }: HeaderProps) {
  const { words, format } = useAround();
  return (
    <header class="top">
      <div class="inner">
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
          <circle cx="16" cy="11" r="6.5" /><circle cx="10.5" cy="20.5" r="6.5" /><circle cx="21.5" cy="20.5" r="6.5" />
        </svg>
        <div class="names">
          <h1>{words.title}</h1>
          <p>{words.tagline}</p>
        </div>
        <div class="account">
          <button class="quiet" lang={format.language === "ko" ? "en" : "ko"} onClick={switchLanguage}>{words.other}</button>
          {login === null ? (
            <button class="quiet" onClick={signIn}>{words.signIn}</button>
          ) : (
            <>
              <span class="who">{words.signedInAs(login)}</span>
              <button class="quiet" onClick={signOut}>{words.signOut}</button>
            </>
          )}
        </div>
      </div>
    </header>
  );
}

export function Footer() {
  const { words } = useAround();
  return (
    <footer class="bottom">
      <div class="inner">
        <p>{words.licence}</p>
        <ul>
          <li><a href="/swagger/index.html">{words.documentation}</a></li>
          <li><a href="/dashboard/licences.txt">{words.openSource}</a></li>
        </ul>
      </div>
    </footer>
  );
}
