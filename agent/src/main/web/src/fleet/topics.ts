/** Topics below the prefix, split once. The prefix may have several levels. */
export class Topics {
  private readonly depth: number;

  constructor(readonly prefix: string) {
    this.depth = prefix.split('/').length;
  }

  of(...levels: readonly string[]): string {
    return [this.prefix, ...levels].join('/');
  }

  /** What is behind the prefix. */
  below(levels: readonly string[]): readonly string[] {
    return levels.slice(this.depth);
  }
}

/** Whether the protocol knows such a name. A topic that somebody made up may have any other, to which no command can go. */
export function isName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(name);
}
