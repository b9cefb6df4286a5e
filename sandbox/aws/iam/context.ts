// The condition keys of one request. Key names are not case-sensitive. The value of a key with several values is a list.

export type ContextValue = string | readonly string[]
export type Context = Readonly<Record<string, ContextValue>>

/** Finds the value of a key. An empty list counts as an absent key. */
export type Keys = { readonly find: (key: string) => ContextValue | undefined }

export const keysOf = (context: Context): Keys => {
  const values = new Map(
    Object.entries(context)
      .filter(([, value]) => typeof value === 'string' || value.length > 0)
      .map(([key, value]) => [key.toLowerCase(), value]),
  )
  return { find: key => values.get(key.toLowerCase()) }
}

/** The condition keys of tags, one for each tag, such as `aws:ResourceTag/team`. */
export const tagKeys = (prefix: string, tags: Readonly<Record<string, string>> | undefined): Context =>
  Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`${prefix}/${key}`, value]))
