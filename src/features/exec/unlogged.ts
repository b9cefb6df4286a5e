// Pure: whether a command may run where nobody keeps what it prints.

import { fits } from '../../engine/rules/access.ts'
import { type Config, isProduction } from '../../engine/rules/config.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { RunContainer } from './run-site.ts'

/** In production only where `exec.unlogged` of the configuration allows it. */
export const mayBeUnlogged = (ref: ServiceRef, config: Config): boolean =>
  !isProduction(accountOf(config, ref)) || config.exec.unlogged.some(rule => fits(rule, ref, config))

/** Drivers that leave the log on its host, or nowhere. Source: ECS API reference, LogConfiguration; Docker, logging drivers. */
const KEPT_NOWHERE: readonly string[] = ['json-file', 'none']

/** Whether the log of a container outlives its task and host. Without a configuration, Fargate keeps none. */
export const isLogged = ({ logDriver }: Pick<RunContainer, 'logDriver'>): boolean =>
  logDriver !== undefined && !KEPT_NOWHERE.includes(logDriver)
