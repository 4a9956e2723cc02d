/** Clicks on hits, for the shop's search reports. */
import type { Api } from "./rest.js";

const PREFIX = "q:";

/** The id of a query, as it was sent, is the query itself: nothing has to be remembered, and the server needs nothing else. */
export function queryId(query: string): string {
  return PREFIX + encodeURIComponent(query);
}

function queryOf(id: string): string | undefined {
  if (!id.startsWith(PREFIX)) return undefined;
  try {
    return decodeURIComponent(id.slice(PREFIX.length));
  } catch {
    return undefined;
  }
}

export type InsightsClient = (method: any, ...payload: any[]) => any;

/** In place of `search-insights`: `insights: { insightsClient: searchClient.insights }`. Only clicks leave the page. */
export function createInsights(api: Api): InsightsClient {
  let token: string | undefined;
  const insights = (method: string, ...payload: any[]): any => {
    if (method === "setUserToken") token = payload[0];
    else if (method === "getUserToken") payload[1]?.(null, token);
    else if (method === "clickedObjectIDsAfterSearch") {
      for (const event of payload.filter((one) => one?.queryID && one.objectIDs)) report(event);
    }
  };
  const report = ({ queryID, objectIDs, positions = [] }: { queryID: string; objectIDs: string[]; positions?: number[] }) => {
    const query = queryOf(queryID);
    if (!query) return; // a page that was browsed without a search
    objectIDs.forEach((id, place) => {
      const position = positions[place];
      if (position) api.click(query, Number(id), position);
    });
  };
  // As `search-insights` from 2.6 on; InstantSearch then asks for no `init`.
  return Object.assign(insights as InsightsClient, { version: "2.17.3" });
}
