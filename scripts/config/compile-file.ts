// Compiles a configuration file. Used by `npm run config` here and in infra/.
import { readFile } from 'node:fs/promises'
import { compileConfig } from '../../src/commands/compile-config.ts'
import type { Compiled } from '../../src/engine/rules/config-file.ts'

export type CompiledFile = Compiled & { readonly text: string }

/** `clusters`: names or ARNs, separated by spaces or commas. */
export const compileFile = async (file: string, clusters: string): Promise<CompiledFile> => {
  const text = await readFile(file, 'utf8')
  return { ...compileConfig(text, { file, clusters: clusters.split(/[\s,]+/).filter(Boolean) }), text }
}
