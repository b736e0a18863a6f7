// What a page does with the types of the document: tsc checks it, and a test runs it against both sites of a lab.

import createClient from "openapi-fetch";
import type { components, paths } from "../../../gen/typescript/openapi";

type Execution = components["schemas"]["ExecutedObsUnitDetail"];

declare const process: { env: Record<string, string | undefined>; exitCode?: number };

const api = createClient<paths>({
  baseUrl: process.env.OPSDB_URL ?? "",
  headers: { Authorization: `Bearer ${process.env.OPSDB_TOKEN}` },
});

/** The answer's data, or the problem as an error. */
function ok<T>(answer: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (answer.data === undefined) {
    throw new Error(answer.error?.detail ?? "no answer");
  }
  return answer.data;
}

function demand(holds: boolean, what: string): void {
  if (!holds) {
    throw new Error(what);
  }
}

async function read(id: string): Promise<Execution> {
  return ok(await api.GET("/executed_obs_units/executions/{id}", { params: { path: { id } } }));
}

async function main(): Promise<void> {
  const started = ok(
    await api.POST("/executed_obs_units/start", {
      params: { header: { "Idempotency-Key": `page-${Date.now()}` } },
      body: { obs_unit_id: 1, observer: "a page", conditions: { pwv_mm: 0.41 } },
    }),
  );
  demand((await read(started.id)).status === "running", "what was started does not run");
  ok(
    await api.PUT("/executed_obs_units/{id}/finish", {
      params: { path: { id: started.id } },
      body: { status: "completed", comment: "by a page" },
    }),
  );
  const finished = await read(started.id);
  demand(finished.status === "completed" && finished.comment === "by a page", "what was finished is not");
  demand(finished.end_time !== null, "it has no end");
  const list = ok(await api.GET("/executed_obs_units/", { params: { query: { order: "newest", limit: 1000 } } }));
  demand(list.items.some((each) => each.id === started.id), "it is not in the list");

  const unknown = await api.GET("/executed_obs_units/executions/{id}", {
    params: { path: { id: "0198f2c4-6a00-7cc3-98c4-000000000000" } },
  });
  demand(unknown.error?.status === 404, "what there is not is found");
}

/** What a page cannot write by mistake. Nothing of it runs. */
export async function mistakes(): Promise<void> {
  // @ts-expect-error: there is no such path
  await api.GET("/executions/");
  // @ts-expect-error: the unit is missing
  await api.POST("/executed_obs_units/start", { body: { observer: "a page" } });
  // @ts-expect-error: a unit has a number
  await api.POST("/executed_obs_units/start", { body: { obs_unit_id: "1" } });
  // @ts-expect-error: nothing of the kind can be said
  const start: components["schemas"]["ExecutedObsUnitStart"] = { obs_unit_id: 1, telescope: "FYST" };
  await api.POST("/executed_obs_units/start", { body: start });
  // @ts-expect-error: the path has an id
  await api.PUT("/executed_obs_units/{id}/finish", { body: { status: "completed" } });
  await api.PUT("/executed_obs_units/{id}/finish", {
    params: { path: { id: "0198f2c4-6a00-7cc3-98c4-000000000000" } },
    // @ts-expect-error: nothing ends like that
    body: { status: "done" },
  });
  const { data } = await api.GET("/health");
  // @ts-expect-error: there may be no data
  data.status;
  // @ts-expect-error: health has no such field
  data?.mood;
}

main().catch((failure: unknown) => {
  console.error(failure);
  process.exitCode = 1;
});
