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
        return place.place().equals("io.efka.mqtt.paho.Incoming.disconnected");
    }

    static List<HandOver> all() {
        var all = new ArrayList<HandOver>();
        // threads, pools, mailboxes, timers
        load(all, "io.efka.threads.TaskPool$Task.run", "agent-worker");
        load(all, "io.efka.threads.TaskPool$Task.run", "agent-process");
        load(all, "io.efka.threads.TaskPool$Task.run", "agent-launch");
        load(all, "io.efka.threads.TaskPool$Task.run", "agent-check");
        load(all, "io.efka.threads.TaskPool$Task.run", "efka-probe");
        load(all, "io.efka.threads.TaskPool$Task.run", "efka-input");
        load(all, "io.efka.threads.TaskPool.execute", "");
        load(all, "io.efka.agent.runtime.SerialExecutor.runTurn", "agent-worker");
        load(all, "io.efka.agent.runtime.SerialExecutor.execute", "");
        load(all, "io.efka.agent.runtime.SerialExecutor.requestTurn", "");
        load(all, "io.efka.agent.runtime.SystemTimers.handOver", "agent-timers");
        load(all, "io.efka.agent.runtime.SystemTimers.schedule", "");
        load(all, "io.efka.threads.SelfCheck.check", "agent-self-check");
        load(all, "io.efka.threads.ChildProcess.start", "");
        load(all, "io.efka.agent.main.LogWriter.write", "");
        load(all, "io.efka.agent.main.LogWriter.next", "agent-log");
        load(all, "io.efka.agent.main.LogWriter.done", "agent-log");
        // the link
        load(all, "io.efka.mqtt.paho.Incoming.messageArrived", "");
        load(all, "io.efka.mqtt.paho.Incoming.acknowledge", "");
        load(all, "io.efka.mqtt.paho.Connection.send", "");
        load(all, "io.efka.mqtt.paho.Connection.look", "agent-mqtt");
        load(all, "io.efka.mqtt.paho.Incoming.deliver", "agent-mqtt");
        load(all, "io.efka.mqtt.paho.Outgoing.offer", "");
        load(all, "io.efka.mqtt.paho.Outgoing.settle", "agent-mqtt");
        load(all, "io.efka.mqtt.paho.Outgoing.learn", "agent-mqtt");
        load(all, "io.efka.mqtt.paho.PahoResponses.problem", "");
        add(all, When.LINK_CUT, "io.efka.mqtt.paho.PahoThreads.afterExecute", "");
        add(all, When.LINK_CUT, "io.efka.mqtt.paho.Incoming.disconnected", "");
        add(all, When.LINK_CUT, "io.efka.mqtt.paho.Connection.finish", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.mqtt.paho.Connection.greeted", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.mqtt.paho.Connection.ready", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.mqtt.paho.Dialer.attempt", "");
        add(all, When.LINK_CUT, "io.efka.mqtt.paho.Outgoing.down", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.mqtt.paho.PahoLink.pause", "agent-mqtt");
        add(all, When.LINK_CUT, "io.efka.agent.session.BrokerSession.announce", "");
        add(all, When.LINK_CUT, "io.efka.agent.session.DevicePresence.settled", "");
        add(all, When.LINK_CUT, "io.efka.agent.telemetry.RetainedStatuses.online", "");
        add(all, When.LINK_CUT, "io.efka.agent.output.ship.Shipper.connection", "agent-output");
        add(all, When.LINK_CUT, "io.efka.mqtt.Outbox.connected", "");
        load(all, "io.efka.agent.session.BrokerSession.handle", "");
        load(all, "io.efka.mqtt.Outbox.settle", "");
        // commands
        load(all, "io.efka.agent.command.CommandRouter.received", "");
        load(all, "io.efka.agent.command.CommandRouter.take", "");
        load(all, "io.efka.agent.command.CommandRouter$CommandQueue.drain", "");
        load(all, "io.efka.agent.command.CommandAdmission.admit", "");
        load(all, "io.efka.agent.command.CommandAdmission.write", "");
        load(all, "io.efka.agent.command.KeyedSerialExecutor.begin", "");
        load(all, "io.efka.agent.command.CommandExecution.run", "");
        load(all, "io.efka.agent.command.CommandExecution.conclude", "");
        load(all, "io.efka.agent.command.CommandExecution.record", "");
        load(all, "io.efka.agent.command.ledger.Ledger.accept", "");
        load(all, "io.efka.agent.command.ledger.Ledger.finish", "");
        load(all, "io.efka.agent.command.ledger.Ledger.replied", "");
        load(all, "io.efka.agent.command.Replies.write", "");
        load(all, "io.efka.agent.command.handler.LogsCommand.answer", "");
        load(all, "io.efka.agent.command.handler.Installation.forget", "");
        // services
        load(all, "io.efka.agent.supervision.Supervisor.handle", "");
        load(all, "io.efka.agent.supervision.Supervisor.perform", "");
        load(all, "io.efka.agent.supervision.Supervisor.save", "");
        load(all, "io.efka.agent.supervision.Supervisor.publish", "");
        load(all, "io.efka.agent.supervision.ServiceTimers.consume", "");
        // processes
        load(all, "io.efka.agent.process.LaunchPrefetch.prepare", "agent-launch");
        load(all, "io.efka.agent.process.ProcessLauncher.launchNow", "agent-launch");
        load(all, "io.efka.agent.process.ProcessLauncher.mainEnded", "");
        load(all, "io.efka.agent.process.tree.ExitReader.whenEnded", "");
        load(all, "io.efka.agent.process.tree.ShellPool.prepare", "");
        load(all, "io.efka.agent.process.tree.Spawner.execute", "agent-launch");
        load(all, "io.efka.agent.process.tree.ExitPoller.poll", "");
        load(all, "io.efka.agent.process.tree.RunRegistry.end", "");
        load(all, "io.efka.agent.process.ProcessLauncher$LaunchAnswer.claim", "");
        load(all, "io.efka.agent.health.Probes.command", "");
        load(all, "io.efka.agent.health.PendingProbe.answer", "");
        load(all, "io.efka.agent.process.tree.SideProcess.end", "");
        load(all, "io.efka.agent.process.tree.Signaller.send", "");
        load(all, "io.efka.agent.process.tree.InputWriter.tryWrite", "efka-input");
        // output
        load(all, "io.efka.agent.output.ship.Shipper.turn", "agent-output");
        load(all, "io.efka.agent.output.ship.Shipper.settle", "agent-output");
        load(all, "io.efka.agent.output.ship.OutputPublisher.publish", "agent-output");
        load(all, "io.efka.agent.output.ship.OffsetCheckpoints.save", "agent-output");
        load(all, "io.efka.agent.output.store.FolderWatch.take", "agent-output-watch");
        load(all, "io.efka.agent.search.SearchPool.answer", "agent-search");
        load(all, "io.efka.agent.search.SearchPool.run", "");
        // the event journal
        load(all, "io.efka.agent.events.EventJournal.record", "");
        load(all, "io.efka.agent.events.EventJournal.write", "agent-events");
        // the channel
        load(all, "io.efka.agent.channel.ChannelThread.handle", "agent-channel");
        load(all, "io.efka.agent.channel.ChannelThread.register", "agent-channel");
        load(all, "io.efka.agent.channel.ChannelSession.line", "agent-channel");
        load(all, "io.efka.agent.channel.ChannelRegistry.ended", "");
        load(all, "io.efka.agent.channel.Configurations.store", "");
        // the state
        load(all, "io.efka.agent.state.GroupCommit.write", "");
        load(all, "io.efka.agent.state.GroupCommit.finish", "");
        load(all, "io.efka.agent.state.GroupCommit.soon", "");
        load(all, "io.efka.agent.state.Journal.append", "");
        load(all, "io.efka.agent.state.StateStore.flush", "agent-state");
        // telemetry
        load(all, "io.efka.agent.telemetry.RetainedDocument.pump", "");
        load(all, "io.efka.agent.telemetry.RetainedDocument.message", "");
        load(all, "io.efka.agent.telemetry.RetainedDocument.acknowledged", "");
        load(all, "io.efka.agent.telemetry.RetainedStatuses.received", "");
        load(all, "io.efka.agent.telemetry.OverwriteDetector.look", "");
        load(all, "io.efka.agent.telemetry.EventPublisher.send", "");
        load(all, "io.efka.agent.telemetry.DataPublisher.publish", "");
        load(all, "io.efka.agent.telemetry.DataPublisher.settle", "");
        load(all, "io.efka.agent.telemetry.PeriodicTask.once", "");
        // start and end
        for (String place : List.of(
                "io.efka.agent.app.Agent.startParts",
                "io.efka.agent.app.AgentAssembly.start",
                "io.efka.agent.state.StateOpener.of",
                "io.efka.agent.app.ServiceDiscovery.find",
                "io.efka.agent.process.tree.Adoption.adopt",
                "io.efka.agent.command.CommandRouter.recover",
                "io.efka.agent.main.JvmSignals.take")) add(all, When.AT_START, place, "");
        for (String place : List.of(
                "io.efka.agent.app.Agent.close",
                "io.efka.agent.app.AgentAssembly.stop",
                "io.efka.agent.app.Departure.farewell",
                "io.efka.agent.supervision.Supervisors.stop",
                "io.efka.agent.session.BrokerSession.end",
                "io.efka.agent.output.ship.Shipper.close",
                "io.efka.agent.state.StateStore.checkpoint",
                "io.efka.agent.state.GroupCommit.rotate",
                "io.efka.agent.main.Termination.end")) add(all, When.AT_END, place, "");
        return List.copyOf(all);
    }

    private static void load(List<HandOver> all, String place, String thread) {
        add(all, When.UNDER_LOAD, place, thread);
    }

    private static void add(List<HandOver> all, When when, String place, String thread) {
        all.add(HandOver.of(place, thread, when));
    }
}
