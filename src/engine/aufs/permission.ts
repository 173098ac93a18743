import type { BranchPermission, ReadOnlyBranch, WritableBranch } from "../call.ts";

/**
 * What a branch may be, from what is written after its path (rule M-05).
 *
 * The kernel refuses nothing: an unknown permission is `ro`, and attributes that are unknown, have no effect here, or do
 * not suit the permission are left out. The ones that stay come in one order; `coo_all` and `moo` include `coo_reg`.
 */
export function readPermission(text: string): BranchPermission {
  const [name = "", ...attributes] = text.split("+");
  const has = new Set(attributes);
  const opening = has.has("coo_all") ? "+coo_all" : has.has("coo_reg") ? "+coo_reg" : "";
  switch (name) {
    case "rw": {
      const writable = has.has("nolwh") ? "rw+nolwh" : "rw";
      return `${writable}${has.has("moo") ? "+moo" : opening}` satisfies WritableBranch;
    }
    case "ro":
    case "rr":
      return `${name}${has.has("wh") ? "+wh" : ""}${opening}` satisfies ReadOnlyBranch;
    default:
      return "ro";
  }
}
