package io.efka.agent.main;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals through {@code sun.misc.Signal}, which JEP 260 keeps open for want of a successor. By reflection, since javac
 * warns of the class itself in a way that nothing suppresses, and a warning fails our build.
 */
final class JvmSignals implements Termination.Signals {
    private static final Logger LOG = LoggerFactory.getLogger(JvmSignals.class);

    @Override
    public void take(String name, IntConsumer heard) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object one = signal.getConstructor(String.class).newInstance(name);
            int number = (int) signal.getMethod("getNumber").invoke(one);
            Object proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(),
                    new Class<?>[] {handler},
                    (self, method, args) -> answer(method, self, args, () -> heard.accept(number)));
            signal.getMethod("handle", signal, handler).invoke(null, one, proxy);
        } catch (ReflectiveOperationException e) {
            LOG.warn("SIG{} cannot be handled and ends the process at once: {}", name, String.valueOf(e.getCause()));
        }
    }

    /** The proxy's methods: {@code handle}, and what every object has to answer. */
    private static Object answer(Method method, Object self, Object[] args, Runnable heard) {
        return switch (method.getName()) {
            case "equals" -> self == args[0];
            case "hashCode" -> System.identityHashCode(self);
            case "toString" -> "signal handler of efka";
            default -> {
                heard.run();
                yield ""; // "handle" returns nothing: ignored
            }
        };
    }
}
