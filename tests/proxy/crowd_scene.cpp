// SPDX-License-Identifier: MIT
#include "proxy/crowd_scene.h"

#include <QTest>

#include <algorithm>

namespace reverxy::proxy {

namespace {
constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr WallTime wallAtStart = WallTime{} + 24h;
constexpr TimePoint start = TimePoint{} + 1h;
} // namespace

config::Config cachingConfigOf(std::string_view names) {
    config::Config config = configOf(names);
    config.cache = config::Cache{};
    config.proxy.retries = 0;
    return config;
}

CrowdScene::CrowdScene(const config::Config& config)
    : runtime(compileRuntime(config, shared, names)), world(runtime) {}

CrowdScene::~CrowdScene() {
    for (Person& person : people)
        person.exchange.finish(now);
}

CrowdScene::Person& CrowdScene::add(std::string_view fields) {
    Person& person = people.emplace_back(world);
    person.port.self = {0, people.size()};
    person.text = "GET / HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
    http::RequestParser parser;
    if (parser.parse(person.text, {}, person.head) != http::ParseStatus::Done)
        qFatal("the test's request is malformed: %s", person.text.c_str());
    return person;
}

ClientFacts CrowdScene::facts() const {
    ClientFacts facts;
    facts.peer = {IpAddress::v4({192, 0, 2, 7}), 40000};
    facts.identity.address = facts.peer.address;
    facts.exchangeId = people.size();
    return facts;
}

CrowdScene::Person& CrowdScene::ask(std::string_view fields) {
    Person& person = add(fields);
    person.exchange.begin(world.worker, person.head, facts(), now, wallAtStart + (now - start), date);
    settle();
    return person;
}

CrowdScene::Person& CrowdScene::askAlone(std::string_view fields) {
    Person& person = add(fields);
    person.exchange.beginAlone(world.worker, person.head, facts(), now, wallAtStart + (now - start), date);
    settle();
    return person;
}

void CrowdScene::respond(Person& to, std::string_view head) {
    const std::string storage(head);
    http::ResponseParser parser;
    http::ResponseHead parsed;
    if (parser.parse(storage, {}, to.head.method, parsed) != http::ParseStatus::Done)
        qFatal("the test's response is malformed: %s", storage.c_str());
    to.exchange.responseHead(parsed, date, now);
    settle();
}

void CrowdScene::body(Person& to, std::string_view bytes) {
    to.exchange.upstreamActive(now);
    to.exchange.responseBody({bytes, nullptr});
    settle();
}

void CrowdScene::end(Person& to) {
    to.exchange.responseEnd({}, true, now);
    settle();
}

void CrowdScene::answer(Person& to, std::string_view head, std::string_view text) {
    respond(to, head);
    body(to, text);
    end(to);
}

void CrowdScene::pass(Duration time) {
    const TimePoint until = now + time;
    for (;;) {
        Person* next = nullptr;
        for (Person& person : people) {
            if (!person.frozen && person.port.deadline <= until &&
                (!next || person.port.deadline < next->port.deadline))
                next = &person;
        }
        if (!next)
            break;
        now = std::max(now, std::exchange(next->port.deadline, TimePoint::max()));
        next->exchange.timeout(now);
        settle();
    }
    now = until;
}

void CrowdScene::settle() {
    bool more = true;
    while (more) {
        more = false;
        for (const Waiter& waiter : std::exchange(world.fillWakes, {})) {
            Person& woken = people[waiter.token - 1];
            if (woken.frozen) {
                m_late.push_back(waiter);
                continue;
            }
            more = true;
            if (!woken.exchange.responseOver())
                woken.exchange.fillProgressed(now);
        }
        for (Person& person : people)
            more = (!person.frozen && person.exchange.feedClient()) || more;
    }
}

void CrowdScene::thaw(Person& person) {
    person.frozen = false;
    world.fillWakes.insert(world.fillWakes.end(), m_late.begin(), m_late.end());
    m_late.clear();
    settle();
}

size_t CrowdScene::requests() const {
    size_t count = 0;
    for (const Person& person : people)
        count += person.port.requests.size();
    return count;
}

CrowdScene::Person* CrowdScene::leader() {
    const auto found = std::find_if(people.begin(), people.end(), [](const Person& person) {
        return !person.frozen && person.port.connectionOpen() && !person.exchange.responseOver();
    });
    return found == people.end() ? nullptr : &*found;
}

} // namespace reverxy::proxy
