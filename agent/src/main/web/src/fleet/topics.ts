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
