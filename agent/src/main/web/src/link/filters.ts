/** Whether a topic matches a filter with `+` and `#`. Topics that begin with `$` are not asked for. */
export function matcher(filter: string): (levels: readonly string[]) => boolean {
  const parts = filter.split('/');
  const isOpen = parts[parts.length - 1] === '#';
  const count = isOpen ? parts.length - 1 : parts.length;
  return (levels) => {
    if (isOpen ? levels.length < count : levels.length !== count) return false;
    for (let i = 0; i < count; i++) {
      if (parts[i] !== '+' && parts[i] !== levels[i]) return false;
    }
    return true;
  };
}
