import { useEffect, useState } from "preact/hooks";
import { read, write, type Address } from "./address";

/** The address as state: changes are steps that the back button takes back. */
export function useAddress(): [Address, (change: Partial<Address>) => void] {
  const [address, setAddress] = useState(() => read(location.search));
  useEffect(() => {
    const back = () => setAddress(read(location.search));
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  const go = (change: Partial<Address>) => {
    const next = { ...read(location.search), ...change };
    const query = write(next);
    if (query !== write(read(location.search))) history.pushState(null, "", location.pathname + query);
    setAddress(next);
  };
  return [address, go];
}
