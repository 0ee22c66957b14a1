import type { ComponentChildren, JSX } from 'preact';
import type { Level } from '../fleet/model';
import { Badge } from './Badge';
import { ago } from '../common/format';
import { href } from './router';

interface Props {
  readonly path: readonly string[];
  readonly name: ComponentChildren;
  readonly level: Level;
  readonly state: string;
  readonly since: number | undefined;
  readonly what: string;
  readonly why: string;
}

/** A line of a long list, which leads somewhere. A small screen has its name and state. */
export function Row({ path, name, level, state, since, what, why }: Props): JSX.Element {
  return (
    <a class="service-row" href={href(...path)}>
      <span>{name}</span>
      <span>
        <Badge level={level} text={state} />
      </span>
      <span class="wide soft">{ago(since)}</span>
      <span class="wide">{what}</span>
      <span class="why soft" title={why}>
        {why}
      </span>
    </a>
  );
}
