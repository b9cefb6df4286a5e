// Matches names with globs: `*` stands for any characters except a slash.

/** Whether the glob matches the whole name. Takes steps in proportion to the product of both lengths at most. */
export const matchesGlob = (glob: string, name: string): boolean => {
  let [at, part] = [0, 0]
  let star: number | undefined
  let from = 0
  while (at < name.length) {
    if (glob[part] === '*') {
      star = part
      from = at
      part += 1
    } else if (glob[part] === name[at]) {
      at += 1
      part += 1
    } else if (star !== undefined && name[from] !== '/') {
      from += 1
      at = from
      part = star + 1
    } else return false
  }
  while (glob[part] === '*') part += 1
  return part === glob.length
}
