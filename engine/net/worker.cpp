// SPDX-License-Identifier: MIT
#include "net/worker.h"

#include "net/socket.h"

#include <algorithm>
#include <utility>

namespace reverxy::net {

namespace {

// Transfers kept for later; more are freed when a burst is over.
constexpr size_t freeTransfersKept = 256;
// Exchanges without a client at once, before no more are begun.
constexpr size_t aloneAtOnce = 256;
// A worker this many clients ahead of another hands a new one over.
constexpr uint32_t imbalanceTolerated = 2;
// A kind of warning about the proxy itself.
constexpr uint32_t acceptFailedKind = 1;

} // namespace

Worker::Worker(WorkerSetup setup)
    : m_setup(std::move(setup)), m_address(m_setup.switchboard.worker(m_setup.index)),
      m_loop(makeReactor(m_setup.portableReactor)), m_upstreams(m_loop, m_setup.switchboard, m_setup.index),
      m_journal(m_loop, m_setup.switchboard, m_setup.log, m_setup.index), m_waiting(m_setup.index),
      m_health(m_loop, m_setup.health), m_services{m_loop,    m_setup.switchboard, m_upstreams,
                                                   m_journal, m_waiting,           m_health,
                                                   *this,     m_setup.index} {
    m_descriptor = m_address.wake.readDescriptor();
    m_loop.reactor().add(*this);
    useRuntime(std::move(m_setup.runtime));
    for (const int socket : m_setup.listeningSockets) {
        m_listeners.push_back(std::make_unique<Listener>(
            socket, [this](const AcceptedSocket& accepted) { this->accepted(accepted); },
            [this](const std::string& why) { acceptFailed(why); }));
    }
    readMailbox(); // what came before there was a reactor to wake
}

Worker::~Worker() {
    m_listeners.clear();
    forEachClient([](ClientConnection& client) { client.closeNow(); });
    endThoseAlone();
    m_upstreams.closeIdle();
    m_loop.reactor().remove(*this);
    m_descriptor = -1;
}

template <typename Do>
void Worker::forEachClient(Do something) {
    for (ClientConnection* client = m_clients; client;) {
        ClientConnection* const next = client->next;
        something(*client);
        client = next;
    }
}

// Messages.

void Worker::onReady(Readiness) {
    m_address.wake.drain();
    m_loop.reactor().awaitRead(*this);
    readMailbox();
}

void Worker::readMailbox() {
    m_address.mailbox.takeAll(m_messages);
    for (Message& message : m_messages)
        std::visit([this](auto& alternative) { handle(alternative); }, message);
    m_messages.clear();
}

void Worker::handle(AdoptClient& message) {
    adopt(message.socket);
}

void Worker::handle(UseRuntime& message) {
    useRuntime(std::move(message.runtime));
    message.taken->count_down();
}

void Worker::handle(SlotFreed& message) {
    if (Waits* const who = m_waiting.take(message.token))
        who->wokenBySlot(message.backend, message.slotHeld, message.refusals);
    else if (message.slotHeld)
        m_setup.switchboard.releaseSlot(message.backend, message.refusals);
    else
        m_upstreams.offerIdle(*message.backend, message.refusals);
}

void Worker::handle(AvailabilityChanged& message) {
    if (Waits* const who = m_waiting.find(message.token))
        who->wokenByAvailability();
}

void Worker::handle(RetryFreed& message) {
    if (Waits* const who = m_waiting.take(message.token)) {
        who->wokenByRetry();
        return;
    }
    // Who was to be woken has left; the place is for the next.
    for (const proxy::RuntimePool& pool : m_services.runtime->worker.runtime->pools) {
        if (!pool.state->retryWaiters.empty())
            m_setup.switchboard.freeRetryPlace(*pool.state);
    }
}

void Worker::handle(NameResolved& message) {
    if (Waits* const who = m_waiting.take(message.token))
        who->wokenByName();
}

void Worker::handle(FillProgressed& message) {
    if (Waits* const who = m_waiting.find(message.token))
        who->wokenByFill();
}

void Worker::handle(ReclaimIdle& message) {
    m_upstreams.reclaim(*message.backend);
}

void Worker::handle(ResumeAccepting&) {
    if (m_services.draining)
        return;
    while (!m_overflow.empty()) {
        const AcceptedSocket socket = m_overflow.back();
        m_overflow.pop_back();
        if (!admit(socket))
            return;
    }
    for (auto& listener : m_listeners)
        listener->goOn();
}

void Worker::handle(UseFrugalBuffers& message) {
    m_loop.buffers().setFrugal(message.frugal);
}

void Worker::handle(Drain&) {
    if (m_services.draining)
        return;
    m_services.draining = true;
    m_services.drainBegan = m_loop.now();
    for (const AcceptedSocket& socket : std::exchange(m_overflow, {}))
        admit(socket);
    for (auto& listener : m_listeners)
        listener->drainAndClose();
    forEachClient([](ClientConnection& client) { client.drain(); });
    m_upstreams.closeIdle();
    reportWhenDrained();
}

void Worker::handle(CutAll&) {
    m_services.draining = true;
    m_cutting = true;
    for (const AcceptedSocket& socket : std::exchange(m_overflow, {}))
        closeSocket(socket.descriptor);
    for (auto& listener : m_listeners)
        listener->close();
    forEachClient([](ClientConnection& client) { client.closeNow(); });
    endThoseAlone();
    reportWhenDrained();
}

void Worker::handle(AskDecisions& message) {
    message.answer(m_journal.ring().latest(message.count));
}

void Worker::handle(AskReport& message) {
    observe::WorkerReport report = m_journal.report(message.request, message.second);
    report.running = longestRunning(message.request.running);
    message.answer(std::move(report));
}

std::vector<observe::Decision> Worker::longestRunning(size_t count) const {
    std::vector<const observe::Decision*> running;
    if (count > 0) {
        for (const ClientConnection* client = m_clients; client; client = client->next) {
            if (Transfer* const transfer = client->transfer())
                running.push_back(&transfer->exchange().decision());
        }
        for (Transfer* const transfer : m_alone)
            running.push_back(&transfer->exchange().decision());
    }
    const size_t wanted = std::min(count, running.size());
    std::partial_sort(running.begin(), running.begin() + static_cast<std::ptrdiff_t>(wanted), running.end(),
                      [](const auto* a, const auto* b) { return a->started < b->started; });
    std::vector<observe::Decision> longest;
    for (size_t i = 0; i < wanted; ++i)
        longest.push_back(*running[i]);
    return longest;
}

// Clients.

void Worker::accepted(const AcceptedSocket& socket) {
    // Listeners are not the reactor's: without a batch around it the loop's time would be that of the last event.
    m_loop.asBatch([&] { admit(socket); });
}

/// Counts a new client and gives it to a worker. False when there is no room for it: it is kept until there is, and
/// no more are accepted.
bool Worker::admit(const AcceptedSocket& socket) {
    Switchboard& board = m_setup.switchboard;
    const bool room = ++board.totalClients <= board.maxClients.load() && !board.holdClients.load();
    if (!room && !m_services.draining) {
        --board.totalClients;
        m_overflow.push_back(socket);
        pauseAccepting();
        return false;
    }
    size_t least = m_setup.index;
    uint32_t fewest = m_address.clients.load(std::memory_order_relaxed);
    for (size_t i = 0; i < board.workers() && !m_services.draining; ++i) {
        const uint32_t clients = board.worker(i).clients.load(std::memory_order_relaxed);
        if (clients + imbalanceTolerated <= fewest) {
            fewest = clients;
            least = i;
        }
    }
    ++board.worker(least).clients;
    if (least == m_setup.index)
        adopt(socket);
    else
        board.post(least, AdoptClient{socket});
    return true;
}

void Worker::pauseAccepting() {
    Switchboard& board = m_setup.switchboard;
    for (auto& listener : m_listeners)
        listener->pause();
    m_address.acceptPaused = true;
    // One may have gone between the count and the mark, when nobody was there to be told.
    if (board.hasRoom() && m_address.acceptPaused.exchange(false))
        board.post(m_setup.index, ResumeAccepting{});
}

/// The socket is counted already.
void Worker::adopt(const AcceptedSocket& socket) {
    auto connection = std::make_unique<ClientConnection>(m_services, socket);
    ClientConnection* const client = connection.release();
    client->next = m_clients;
    if (m_clients)
        m_clients->previous = client;
    m_clients = client;
    m_journal.connectionAccepted();
    if (m_cutting || !client->start())
        client->closeNow();
}

void Worker::clientClosed(ClientConnection& connection) {
    if (connection.previous)
        connection.previous->next = connection.next;
    else
        m_clients = connection.next;
    if (connection.next)
        connection.next->previous = connection.previous;
    --m_address.clients;
    m_setup.switchboard.clientGone();
    m_loop.discard(std::unique_ptr<ClientConnection>(&connection));
    reportWhenDrained();
}

void Worker::acceptFailed(const std::string& why) {
    if (!m_setup.switchboard.admitWarning(IpAddress(), acceptFailedKind, m_loop.now()).pass)
        return;
    m_journal.write(observe::Level::Warn, "listener",
                    "accepting is interrupted (" + why +
                        "); what is open is served, and new clients wait until there is room");
}

void Worker::reportWhenDrained() {
    // Told again after each last client: one may still come from another worker.
    if (!m_services.draining || m_clients)
        return;
    m_journal.flush();
    m_setup.drained();
}

// Transfers and runtimes.

Transfer& Worker::take() {
    if (m_freeTransfers.empty())
        return *std::make_unique<Transfer>(m_services).release(); // comes back by give()
    Transfer* const transfer = m_freeTransfers.back().release();
    m_freeTransfers.pop_back();
    return *transfer;
}

void Worker::give(Transfer& transfer) {
    std::unique_ptr<Transfer> owned(&transfer);
    if (!m_alone.empty())
        std::erase(m_alone, &transfer);
    if (m_freeTransfers.size() < freeTransfersKept)
        m_freeTransfers.push_back(std::move(owned));
    else
        m_loop.discard(std::move(owned));
    if (m_runtimes.size() > 1)
        retireRuntimes();
}

bool Worker::mayBeginAlone() const {
    return m_alone.size() < aloneAtOnce;
}

void Worker::endThoseAlone() {
    while (!m_alone.empty())
        m_alone.back()->abandon();
}

void Worker::useRuntime(std::shared_ptr<const proxy::Runtime> runtime) {
    m_runtimes.push_back(m_upstreams.bind(std::move(runtime)));
    m_services.runtime = m_runtimes.back().get();
    m_journal.setAccessLog(m_services.runtime->worker.runtime->config.log.access);
    retireRuntimes();
}

/// Lets go of runtimes that no exchange uses any more.
void Worker::retireRuntimes() {
    for (size_t i = 0; i + 1 < m_runtimes.size();) {
        if (m_runtimes[i]->worker.exchanges == 0) {
            m_upstreams.unbind(*m_runtimes[i]);
            m_runtimes.erase(m_runtimes.begin() + static_cast<std::ptrdiff_t>(i));
        } else
            ++i;
    }
}

} // namespace reverxy::net
