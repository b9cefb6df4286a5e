// The parameters of SSM Parameter Store with their versions, by account and region.

type ParameterType = 'String' | 'StringList' | 'SecureString'

export type Version = {
  readonly version: number
  readonly type: ParameterType
  readonly value: string
  /** The time of the version, in epoch milliseconds. */
  readonly at: number
  readonly by: string
}

export type Place = { readonly account: string; readonly region: string }

export type Parameters = ReturnType<typeof createParameters>

/** The number of versions that are kept; AWS keeps the newest 100. */
const keptVersions = 100

export const createParameters = () => {
  const places = new Map<string, Map<string, Version[]>>()
  const storeOf = ({ account, region }: Place) => {
    const key = `${account}/${region}`
    const store = places.get(key) ?? new Map<string, Version[]>()
    places.set(key, store)
    return store
  }
  return {
    /** The versions of a parameter, newest last; empty if it is missing. */
    versions: (place: Place, name: string): readonly Version[] => storeOf(place).get(name) ?? [],
    names: (place: Place): readonly string[] => [...storeOf(place).keys()].sort(),
    put: (place: Place, name: string, version: Omit<Version, 'version'>): Version => {
      const store = storeOf(place)
      const before = store.get(name) ?? []
      const added: Version = { ...version, version: (before.at(-1)?.version ?? 0) + 1 }
      store.set(name, [...before, added].slice(-keptVersions))
      return added
    },
    remove: (place: Place, name: string): boolean => storeOf(place).delete(name),
  }
}
