import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { languageOf } from "./address";
import { Around, explain, useAround, useItems, type Surroundings } from "./answer";
import { Client } from "./client";
import { editionOf, prefixes, yearOf, yearsOf, type Edition } from "./edition";
import { type Place, type Publication, type Source } from "./figures";
import { Filters } from "./filters";
import { Format } from "./format";
import { Footer, Header } from "./frame";
import { useAddress } from "./location";
import { chosenRegion, located, type Region } from "./region";
import { AgePyramid } from "./pyramid";
import { Regions } from "./regions";
import { Series } from "./series";
import { SignIn } from "./signin";
import { Summary } from "./summary";
import { Targets } from "./targets";
import { wordsOf } from "./words";

/** The whole page. */
export function App() {
  const [address, go] = useAddress();
  const client = useRef<Client | null>(null);
  client.current ??= new Client();
  const [login, setLogin] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [notice, setNotice] = useState("");

  const language = languageOf(address, navigator.language);
  client.current.language = language;
  const around = useMemo<Surroundings>(() => {
    const words = wordsOf(language);
    return { client: client.current!, words, format: new Format(language, words), signedIn: login !== null };
  }, [language, login]);
  const { words } = around;
  client.current.ended = () => {
    setLogin(null);
    setNotice(words.sessionEnded);
  };
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = words.title;
  }, [language]);

  async function signOut() {
    setLogin(null);
    go({ source: "public", version: null });
    await client.current!.signOut().catch(() => {}); // forgotten here in any case; the server ends it by itself
  }
  function signedIn(roles: string[], who: string) {
    setAsking(false);
    setNotice("");
    setLogin(who);
    document.getElementById("figures")?.focus(); // the button that asked is gone
    const best: Source = roles.includes("centre_officer") ? "live" : roles.includes("analyst") ? "analyst" : "public";
    if (address.source === "public" && best !== "public") go({ source: best, version: null });
  }

  return (
    <Around.Provider value={around}>
      <a class="skip" href="#figures">{words.skip}</a>
      <Header
        login={login}
        switchLanguage={() => go({ lang: language === "ko" ? "en" : "ko" })}
        signIn={() => setAsking(true)}
        signOut={signOut}
      />
      <Body address={address} go={go} login={login} askSignIn={() => setAsking(true)} notice={notice} />
      <Footer />
      {asking && <SignIn done={signedIn} close={() => setAsking(false)} />}
    </Around.Provider>
  );
}

interface BodyProps {
  address: ReturnType<typeof useAddress>[0];
  go: ReturnType<typeof useAddress>[1];
  login: string | null;
  notice: string;
  askSignIn: () => void;
}

/** Everything between header and footer. */
function Body({ address, go, login, notice, askSignIn }: BodyProps) {
  const { words, client } = useAround();
  const locked = address.source !== "public" && login === null;
  const publications = usePublications(locked ? null : address.source === "analyst" ? "analyst" : "public");
  const places = usePlaces();
  const today = useMemo(() => new Date(), []);

  const edition = useMemo(
    () => (publications.data && !locked ? editionOf(address, publications.data, today) : null),
    [publications.data, locked, address.source, address.year, address.version],
  );
  const region = useMemo(() => chosenRegion(address, places.data ?? [], words), [address.gu, address.dong, places.data, words]);
  const sources = sourcesFor(client.me?.roles.map((r) => r.role) ?? [], login !== null);
  const toPublic = () => go({ source: "public", version: null });

  return (
    <main id="figures" tabIndex={-1}>
      <p class="notice" role="status" hidden={notice === ""}>{notice}</p>
      {locked ? (
        <Message title={words.needsSignIn}>
          <button class="primary" onClick={askSignIn}>{words.signIn}</button>
          <button onClick={toPublic}>{words.toPublic}</button>
        </Message>
      ) : publications.problem || places.problem ? (
        <Message title={words.failed} text={explain((publications.problem ?? places.problem)!, words)}>
          <button class="primary" onClick={() => { publications.again(); places.again(); }}>{words.again}</button>
          {address.source !== "public" && <button onClick={toPublic}>{words.toPublic}</button>}
        </Message>
      ) : !publications.data || !places.data ? (
        <p class="loading" role="status">{words.loading}…</p>
      ) : (
        <>
          <Filters
            address={address} go={go} places={places.data} edition={edition} sources={sources}
            years={yearsOf(publications.data, address.source, today)}
          />
          {edition ? (
            <Figures address={address} go={go} edition={edition} region={region} places={places.data} />
          ) : publications.data.length === 0 ? (
            <Message title={words.nothingYet} text={words.nothingYetHow}>
              {login === null && <button class="primary" onClick={askSignIn}>{words.signIn}</button>}
            </Message>
          ) : (
            <Message title={words.noSuchEdition}>
              <button class="primary" onClick={() => go({ year: null, version: null })}>{words.toCurrent}</button>
            </Message>
          )}
        </>
      )}
    </main>
  );
}

interface FiguresProps {
  address: BodyProps["address"];
  go: BodyProps["go"];
  edition: Edition;
  region: Region;
  places: Place[];
}

/** The figures of one edition, for the chosen region. */
function Figures({ address, go, edition, region, places }: FiguresProps) {
  const { words } = useAround();
  const [begun, setBegun] = useState(false); // the numbers come first; maps, tables and charts when they are on the screen
  const what = [yearOf(edition), region.name, words.columns[address.measure]].join(", ");
  useEffect(() => {
    document.title = `${what} – ${words.title}`; // histories and tabs tell views apart
    return () => void (document.title = words.title);
  }, [what, words]);
  return (
    <>
      <p class="unseen" role="status" aria-live="polite">{words.loaded(what)}</p>
      <Summary edition={edition} region={region} showCurrent={() => go({ version: null })} shown={() => setBegun(true)} />
      {begun && (
        <div class="board">
          <Regions address={address} go={go} edition={edition} places={places} />
          <Series edition={edition} region={region} />
          <AgePyramid edition={edition} region={region} />
          <Targets />
        </div>
      )}
    </>
  );
}

/** What was published for an audience; who is signed in is given all that he may read. */
function usePublications(audience: Publication["audience"] | null) {
  const answer = useItems<Publication>(audience && prefixes[audience]);
  const data = useMemo(() => answer.data?.filter((p) => p.audience === audience) ?? null, [answer.data, audience]);
  return { ...answer, data };
}

function usePlaces() {
  const answer = useItems<Place>("/api/v1/open-data/places");
  const data = useMemo(() => answer.data && located(answer.data), [answer.data]);
  return { ...answer, data };
}

function sourcesFor(roles: string[], signedIn: boolean): Source[] {
  const sources: Source[] = ["public"];
  if (signedIn && (roles.includes("analyst") || roles.includes("centre_officer"))) sources.push("analyst");
  if (signedIn && roles.includes("centre_officer")) sources.push("live");
  return sources;
}

function Message({ title, text, children }: { title: string; text?: string; children?: preact.ComponentChildren }) {
  return (
    <section class="message" role="status">
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      <div class="actions">{children}</div>
    </section>
  );
}

