// SPDX-License-Identifier: MIT
#pragma once

#include "proxy/exchange_scene.h"

#include <deque>
#include <string>
#include <string_view>

namespace reverxy::proxy {

/// configOf() with a cache, and without retries.
config::Config cachingConfigOf(std::string_view names);

/// Several exchanges of one worker with a cache, on a stage like ExchangeScene's, who wake each other.
class CrowdScene {
  public:
    /// One of them. `frozen`: its worker does not get to do anything.
    struct Person {
        explicit Person(FakeWorld& world) : port(world) {}

        const observe::Decision& decision() const { return exchange.decision(); }

        const SentResponse& got() const { return port.responses.back(); }

        bool asked() const { return !port.requests.empty(); }

        FakePort port;
        Exchange exchange{port};
        http::RequestHead head;
        std::string text;
        bool frozen = false;
    };

    explicit CrowdScene(const config::Config& config = cachingConfigOf("a"));
    ~CrowdScene();
    CrowdScene(const CrowdScene&) = delete;
    CrowdScene& operator=(const CrowdScene&) = delete;

    /// One more who asks for "/", with these further fields.
    Person& ask(std::string_view fields = "");
    /// The same without a client.
    Person& askAlone(std::string_view fields = "");

    // What the backend says to `to`.
    void respond(Person& to, std::string_view head);
    void body(Person& to, std::string_view bytes);
    void end(Person& to);
    void answer(Person& to, std::string_view head, std::string_view body);

    /// Lets time pass: whose deadline comes is told, and all wake each other.
    void pass(Duration time);
    /// Delivers the wake-ups that are on their way, and gives those who read what there is.
    void settle();

    /// Its worker goes on, and it learns what has come about meanwhile.
    void thaw(Person& person);

    /// Requests that went to backends, in all.
    size_t requests() const;
    /// Who of them waits for a backend's response.
    Person* leader();

    NameTable names;
    SharedState shared;
    std::shared_ptr<const Runtime> runtime;
    FakeWorld world;
    std::deque<Person> people;
    TimePoint now = TimePoint{} + 1h;

  private:
    Person& add(std::string_view fields);
    ClientFacts facts() const;

    std::deque<Waiter> m_late; // wake-ups of those who are frozen
};

} // namespace reverxy::proxy
