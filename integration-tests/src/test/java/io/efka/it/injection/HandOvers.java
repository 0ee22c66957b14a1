package io.efka.it.injection;

import io.efka.it.injection.HandOver.When;
import java.util.ArrayList;
import java.util.List;

/** Places where a thread of the agent hands something over, or where others wait for what it does. */
final class HandOvers {
    private HandOvers() {}

    /**
     * Whether the agent may go on: Paho swallows what its callback for the end of a connection throws, and the link looks
     * by itself whether the connection is there. Everywhere else something would be left half done.
     */
    static boolean mayGoOn(HandOver place) {
        return place.place().equals("io.efka.agent.paho.Heard.disconnected");
    }

    static List<HandOver> all() {
        var all = new ArrayList<HandOver>();
        // threads, pools, mailboxes, timers
        load(all, "io.efka.agent.threads.TaskPool$Task.run", "agent-worker");
        load(all, "io.efka.agent.threads.TaskPool$Task.run", "agent-process");
        load(all, "io.efka.agent.threads.TaskPool$Task.run", "agent-launch");
        load(all, "io.efka.agent.threads.TaskPool$Task.run", "agent-check");
        load(all, "io.efka.agent.threads.TaskPool$Task.run", "efka-probe");
        load(all, "io.efka.agent.threads.TaskPool$Task.run", "efka-input");
        load(all, "io.efka.agent.threads.TaskPool.execute", "");
        load(all, "io.efka.agent.runtime.SerialExecutor.takeTurn", "agent-worker");
        load(all, "io.efka.agent.runtime.SerialExecutor.execute", "");
        load(all, "io.efka.agent.runtime.SerialExecutor.askForTurn", "");
        load(all, "io.efka.agent.runtime.SystemTimers.hand", "agent-timers");
        load(all, "io.efka.agent.runtime.SystemTimers.schedule", "");
        load(all, "io.efka.agent.threads.SelfCheck.look", "agent-self-check");
        load(all, "io.efka.agent.threads.ChildProcess.start", "");
        load(all, "io.efka.agent.cli.LogWriter.write", "");
        load(all, "io.efka.agent.cli.LogWriter.next", "agent-log");
        load(all, "io.efka.agent.cli.LogWriter.done", "agent-log");
        // the link
        load(all, "io.efka.agent.paho.Heard.messageArrived", "");
        load(all, "io.efka.agent.paho.Connection.arrived", "");
        load(all, "io.efka.agent.paho.Connection.acknowledge", "");
        load(all, "io.efka.agent.paho.Connection.send", "");
        load(all, "io.efka.agent.paho.Connection.look", "agent-mqtt");
        load(all, "io.efka.agent.paho.Inbox.deliver", "agent-mqtt");
        load(all, "io.efka.agent.paho.Outgoing.offer", "");
        load(all, "io.efka.agent.paho.Outgoing.settle", "agent-mqtt");
        load(all, "io.efka.agent.paho.Outgoing.learn", "agent-mqtt");
        load(all, "io.efka.agent.paho.Answers.problem", "");
        add(all, When.LINK_CUT, "io.efka.agent.paho.PahoThreads.afterExecute", "");
        add(all, When.LINK_CUT, "io.efka.agent.paho.Heard.disconnected", "");
        add(all, When.LINK_CUT, "io.efka.agent.paho.Connection.finish", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.agent.paho.Connection.greeted", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.agent.paho.Connection.ready", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.agent.paho.Dialer.attempt", "");
        add(all, When.LINK_CUT, "io.efka.agent.paho.Outgoing.down", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.agent.paho.PahoLink.pause", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.agent.session.BrokerSession.announce", "");
        add(all, When.LINK_CUT, "io.efka.agent.session.DevicePresence.settled", "");
        add(all, When.LINK_CUT, "io.efka.agent.telemetry.RetainedStatuses.online", "");
        add(all, When.LINK_CUT, "io.efka.agent.output.Shipper.connection", "agent-output");
        add(all, When.LINK_CUT, "io.efka.agent.wire.Outbox.connected", "");
        load(all, "io.efka.agent.session.BrokerSession.handle", "");
        load(all, "io.efka.agent.wire.Outbox.settle", "");
        // commands
        load(all, "io.efka.agent.command.CommandRouter.received", "");
        load(all, "io.efka.agent.command.CommandRouter.take", "");
        load(all, "io.efka.agent.command.Intake.drain", "");
        load(all, "io.efka.agent.command.Dispatcher.admit", "");
        load(all, "io.efka.agent.command.Dispatcher.write", "");
        load(all, "io.efka.agent.command.Lanes.begin", "");
        load(all, "io.efka.agent.command.Execution.run", "");
        load(all, "io.efka.agent.command.Execution.conclude", "");
        load(all, "io.efka.agent.command.Execution.record", "");
        load(all, "io.efka.agent.command.Ledger.accept", "");
        load(all, "io.efka.agent.command.Ledger.finish", "");
        load(all, "io.efka.agent.command.Ledger.replied", "");
        load(all, "io.efka.agent.command.Replies.write", "");
        load(all, "io.efka.agent.command.LogsCommand.answer", "");
        load(all, "io.efka.agent.command.Installation.forget", "");
        // services
        load(all, "io.efka.agent.service.Supervisor.handle", "");
        load(all, "io.efka.agent.service.Supervisor.perform", "");
        load(all, "io.efka.agent.service.Supervisor.save", "");
        load(all, "io.efka.agent.service.Supervisor.publish", "");
        load(all, "io.efka.agent.service.Alarms.spend", "");
        // processes
        load(all, "io.efka.agent.os.Preparations.prepare", "agent-launch");
        load(all, "io.efka.agent.os.ProcessLauncher.launchNow", "agent-launch");
        load(all, "io.efka.agent.os.ProcessLauncher.mainEnded", "");
        load(all, "io.efka.agent.os.Exits.tell", "");
        load(all, "io.efka.agent.os.Shells.prepare", "");
        load(all, "io.efka.agent.os.Spawner.execute", "agent-launch");
        load(all, "io.efka.agent.os.EndWatch.look", "");
        load(all, "io.efka.agent.os.Runs.end", "");
        load(all, "io.efka.agent.os.LaunchAnswer.claim", "");
        load(all, "io.efka.agent.os.Probes.command", "");
        load(all, "io.efka.agent.os.Question.answer", "");
        load(all, "io.efka.agent.os.SideProcess.end", "");
        load(all, "io.efka.agent.os.Signaller.send", "");
        load(all, "io.efka.agent.os.InputWriter.tryWrite", "efka-input");
        // output
        load(all, "io.efka.agent.output.Shipper.turn", "agent-output");
        load(all, "io.efka.agent.output.Shipper.settle", "agent-output");
        load(all, "io.efka.agent.output.Publisher.publish", "agent-output");
        load(all, "io.efka.agent.output.Checkpoints.save", "agent-output");
        load(all, "io.efka.agent.output.FolderWatch.take", "agent-output-watch");
        load(all, "io.efka.agent.output.LogQueries.answer", "agent-logs");
        load(all, "io.efka.agent.output.LogQueries.read", "");
        // the channel
        load(all, "io.efka.agent.channel.ChannelThread.handle", "agent-channel");
        load(all, "io.efka.agent.channel.ChannelThread.welcome", "agent-channel");
        load(all, "io.efka.agent.channel.Conversation.line", "agent-channel");
        load(all, "io.efka.agent.channel.Rendezvous.ended", "");
        load(all, "io.efka.agent.channel.Configurations.keep", "");
        // the state
        load(all, "io.efka.agent.mapdb.Commits.write", "");
        load(all, "io.efka.agent.mapdb.Commits.finish", "");
        load(all, "io.efka.agent.mapdb.Commits.soon", "");
        load(all, "io.efka.agent.mapdb.Journal.append", "");
        load(all, "io.efka.agent.mapdb.StateStore.flush", "agent-state");
        // telemetry
        load(all, "io.efka.agent.telemetry.RetainedDocument.pump", "");
        load(all, "io.efka.agent.telemetry.RetainedDocument.message", "");
        load(all, "io.efka.agent.telemetry.RetainedDocument.acknowledged", "");
        load(all, "io.efka.agent.telemetry.RetainedStatuses.received", "");
        load(all, "io.efka.agent.telemetry.OverwriteDetector.look", "");
        load(all, "io.efka.agent.telemetry.EventPublisher.send", "");
        load(all, "io.efka.agent.telemetry.DataPublisher.publish", "");
        load(all, "io.efka.agent.telemetry.DataPublisher.settle", "");
        load(all, "io.efka.agent.telemetry.Rounds.once", "");
        // start and end
        for (String place : List.of(
                "io.efka.agent.Agent.startParts",
                "io.efka.agent.Parts.start",
                "io.efka.agent.mapdb.Opening.of",
                "io.efka.agent.Census.take",
                "io.efka.agent.os.Adoption.adopt",
                "io.efka.agent.command.CommandRouter.recover",
                "io.efka.agent.cli.JvmSignals.take")) add(all, When.AT_START, place, "");
        for (String place : List.of(
                "io.efka.agent.Agent.close",
                "io.efka.agent.Parts.stop",
                "io.efka.agent.Parts.farewell",
                "io.efka.agent.service.Services.stop",
                "io.efka.agent.session.BrokerSession.end",
                "io.efka.agent.output.Shipper.close",
                "io.efka.agent.mapdb.StateStore.checkpoint",
                "io.efka.agent.mapdb.Commits.roll",
                "io.efka.agent.cli.Termination.end")) add(all, When.AT_END, place, "");
        return List.copyOf(all);
    }

    private static void load(List<HandOver> all, String place, String thread) {
        add(all, When.UNDER_LOAD, place, thread);
    }

    private static void add(List<HandOver> all, When when, String place, String thread) {
        all.add(HandOver.of(place, thread, when));
    }
}
