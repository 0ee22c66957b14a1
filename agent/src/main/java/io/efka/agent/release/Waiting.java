package io.efka.agent.release;

/** A deploy that waits until the one under way is over. */
record Waiting(DeployRequest request, DeployTicket ticket) {}
