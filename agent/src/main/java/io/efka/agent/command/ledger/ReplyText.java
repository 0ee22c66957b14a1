package io.efka.agent.command.ledger;

/**
 * A reply as JSON.
 *
 * @param kept as the ledger keeps it: itself, or, where it is too large, without its details and marked so
 */
public record ReplyText(String text, String kept) {}
