package io.efka.agent.command.handler;

import io.efka.agent.command.KeyedSerialExecutor;
import io.efka.agent.supervision.Logs;
import io.efka.protocol.RunId;
import java.util.function.Predicate;

/**
 * What the handlers work with.
 *
 * @param lanes the router's; the steps of an apply go through them as well
 * @param isGrouped whether a run's processes have a control group, by which all of them are found
 * @param shutdown begins a graceful end of the agent; run after the reply, must not block
 */
public record Toolbox(
        Installer installer,
        Logs logs,
        Documents documents,
        KeyedSerialExecutor lanes,
        Talk talk,
        Predicate<RunId> isGrouped,
        Runnable shutdown) {}
