package io.efka.agent.command;

import io.efka.agent.service.Logs;

/**
 * What the handlers work with.
 *
 * @param lanes the router's; the steps of an apply go through them as well
 * @param shutdown begins a graceful end of the agent; run after the reply, must not block
 */
public record Toolbox(Installer installer, Logs logs, Documents documents, Lanes lanes, Talk talk, Runnable shutdown) {}
