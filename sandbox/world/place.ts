// A place: one region of one account.

export type Place = { readonly account: string; readonly region: string }
