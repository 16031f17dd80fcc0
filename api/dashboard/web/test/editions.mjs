// Publishes the running year for everybody and for analysts where a city has published nothing yet: one officer proposes, a
// second one, made so by the administrator, releases.
export async function publish(base, password) {
  const list = await fetch(`${base}/api/v1/open-data/publications`);
  if (list.status === 404 || (await list.json()).items.length > 0) return;

  const call = async (token, method, path, body) => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method, headers: { "Content-Type": "application/json", ...(token && { authorization: `Bearer ${token}` }) }, body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
  const signIn = async (login) => (await call(null, "POST", "/auth/login", { login, password })).access_token;
  await call(await signIn("admin@demo.dure"), "POST", "/role-grants", {
    login: "keeper@demo.dure", role: "centre_officer", scope_type: "city", reason: "공표를 확인할 두 번째 담당자",
  });
  const [first, second] = [await signIn("centre@demo.dure"), await signIn("keeper@demo.dure")];
  const year = new Date().getMonth() === 0 ? new Date().getFullYear() - 1 : new Date().getFullYear(); // of January no month is over yet
  const proposed = [];
  for (const audience of ["public", "analyst"]) {
    proposed.push(await call(first, "POST", "/statistics/publications", { year, audience, reason: "화면을 시험합니다." }));
  }
  for (const { id } of proposed) {
    for (const until = Date.now() + 120_000; ; await new Promise((wait) => setTimeout(wait, 200))) {
      const { state, centre } = await call(first, "GET", `/statistics/publications/${id}`);
      if (state === "prepared") break;
      if (state !== "preparing" || Date.now() > until) throw new Error(`the publication is ${state}: ${centre?.failure ?? ""}`);
    }
    await call(second, "POST", `/statistics/publications/${id}/release`);
  }
}
