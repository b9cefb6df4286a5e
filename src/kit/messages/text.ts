// TODO: say what this is.

export const countWords = (count: number): string => count.toLocaleString('en')
