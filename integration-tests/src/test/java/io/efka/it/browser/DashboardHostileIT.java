package io.efka.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Folders;
import io.efka.it.Watcher;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The page with a fleet that somebody wants to harm it by: whatever is published, the page shows it as text or leaves it out, and
 * goes on working.
 */
class DashboardHostileIT {
    /** All that a page of text, forms and charts needs; nothing of it loads, runs or leads elsewhere. */
    private static final List<String> TAGS = Stream.of(
                    "html head meta title link style script body noscript".split(" "),
                    "div main header nav footer section article aside h1 h2 h3 p span strong b i em small code pre ul ol li dl dt dd a button"
                            .split(" "),
                    "form label input select option optgroup textarea fieldset legend details summary dialog table caption thead tbody tr th td time output progress meter bdi br hr kbd"
                            .split(" "),
                    "svg path g line polyline polygon rect circle text title tspan defs clipPath linearGradient stop"
                            .split(" "))
            .flatMap(Stream::of)
            .toList();

    private final Parts parts = new Parts();

    private WebBroker broker;
    private Watcher attacker;
    private HostileMessages messages;
    private ServedPage page;
    private Browser browser;

    @BeforeEach
    void start() {
        Browser.need();
        Path home = Folders.create("hostile");
        parts.with(() -> Folders.delete(home));
        broker = parts.with(WebBroker.open());
        // It also listens, since Paho never forgets a message that nobody listens to.
        attacker = parts.with(new Watcher(broker.broker(), "#"));
        retain("efka/gate7/status", "{\"v\":1,\"online\":true,\"groups\":[\"all\"],\"services\":{\"running\":1}}");
        retain("efka/gate7/svc/cam/status", "{\"v\":1,\"service\":\"cam\",\"state\":\"running\",\"ready\":true}");
        messages = new HostileMessages(attacker);
        messages.publish();
        page = parts.with(ServedPage.of(home, broker));
        browser = parts.with(Browser.start());
        browser.size(1280, 800);
    }

    private void retain(String topic, String text) {
        attacker.publish(topic, text.getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
    }

    @AfterEach
    void stop() throws Exception {
        parts.close();
    }

    @Test
    void nothingOfItIsMoreThanTextAndThePageGoesOn() {
        browser.open(page.address());
        browser.awaitText("gate7");
        for (String view : views()) {
            browser.visit(view);
            browser.drawn();
            assertThat(harm()).as("in %s", view).isEmpty();
        }
        browser.visit("#/");
        browser.screenshot("hostile-fleet");
        browser.visit("#/?show=services");
        browser.drawn();
        browser.screenshot("hostile-services");
        browser.visit("#/events");
        browser.awaitText("Waiting for events");
        messages.publishLive();
        browser.awaitNoText("Waiting for events");
        browser.drawn();
        assertThat(harm()).as("in events that come now").isEmpty();
        browser.screenshot("hostile-events");

        browser.visit("#/?show=services&q=gate7");
        browser.awaitText("gate7/cam");
        retain("efka/gate7/svc/cam/status", "{\"v\":1,\"service\":\"cam\",\"state\":\"failed\"}");
        browser.awaitText("failed");
        assertThat(browser.contacted())
                .containsExactlyInAnyOrder(
                        page.address().replaceAll("/$", ""), "ws://127.0.0.1:" + broker.webSocketPort());
    }

    private List<String> views() {
        var views =
                new ArrayList<String>(List.of("#/", "#/?show=services", "#/?order=trouble", "#/events", "#/rollouts"));
        for (String name : HostileMessages.names()) {
            String path =
                    browser.run("return encodeURIComponent(arguments[0])", name).toString();
            views.add("#/device/" + path);
            views.add("#/device/" + path + "/" + path);
            views.add("#/rollouts/" + path + "/" + path);
            views.add("#/?q=" + path + "&group=" + path + "&release=" + path + "&state=" + path + "&order=" + path);
        }
        views.addAll(
                List.of("#/device/%", "#/%00/%ff", "#/device/<img src=x onerror=alert(1)>/x", "#javascript:alert(1)"));
        return views;
    }

    /** What is in the page that should not be. */
    private String harm() {
        Object found = browser.run("""
                const tags = new Set(arguments[0]);
                const found = [];
                for (const each of document.querySelectorAll('*')) {
                  if (!tags.has(each.localName)) found.push(each.outerHTML.slice(0, 200));
                  for (const { name, value } of each.attributes) {
                    const isOwnLink = name === 'href' && (value.startsWith('#/') || (each.localName === 'link' && value === 'data:,'));
                    if (/^on|^src|^srcdoc$|^action$|^formaction$|^xlink/.test(name) || (name === 'href' && !isOwnLink)) found.push(`${name}=${value.slice(0, 200)}`);
                  }
                }
                if (document.scripts.length !== 1) found.push(`${document.scripts.length} scripts`);
                const own = 'constructor __defineGetter__ __defineSetter__ hasOwnProperty __lookupGetter__ __lookupSetter__ isPrototypeOf '
                  + 'propertyIsEnumerable toString valueOf __proto__ toLocaleString';
                for (const name of Object.getOwnPropertyNames(Object.prototype)) {
                  if (!own.split(' ').includes(name)) found.push(`Object.prototype.${name}`);
                }
                for (const each of [Array.prototype, Function.prototype, String.prototype]) if (Object.keys(each).length > 0) found.push(Object.keys(each).join());
                if (!/^Efka|Efka$/.test(document.title)) found.push(`title: ${document.title.slice(0, 200)}`);
                if (document.body.innerText.trim() === '') found.push('an empty page');
                return found.join('\\n');
                """, TAGS);
        return String.valueOf(found);
    }
}
