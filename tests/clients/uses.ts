// What an integrator writes with the generated types; the test compiles it in strict mode.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8000", headers: { Authorization: "Bearer sk_" } });
const header = { "Idempotency-Key": "7c0b" };

export async function findOrCreate(program: string): Promise<boolean> {
  const body = { program_id: program, external_id: "till-7" };
  const { data, error } = await client.POST("/api/v1/cards", { params: { header }, body });
  if (error) throw new Error(error.code);
  const link: string | null = data.web_url;
  return data.is_new && link !== null;
}

export async function scan(code: string): Promise<string> {
  const { data } = await client.POST("/api/v1/scans", { params: { header }, body: { code } });
  if (!data) return "refused";
  if (data.kind === "receipt_code") return `needs: ${data.needs}`;
  return data.kind === "voucher" ? data.voucher.state : data.card.short_number;
}

export async function newStamps(after: number): Promise<number> {
  const query = { after, type: ["stamp.added" as const, "stamp.reversed" as const] };
  const { data } = await client.GET("/api/v1/events", { params: { query } });
  return data ? Number(data.next) : after;
}

export const isOver = (voucher: components["schemas"]["Voucher"]): boolean => voucher.state === "expired";
// @ts-expect-error: there is no such state
export const isSpent = (voucher: components["schemas"]["Voucher"]): boolean => voucher.state === "spent";
