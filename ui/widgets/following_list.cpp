// SPDX-License-Identifier: MIT
#include "ui/widgets/following_list.h"

#include <QKeyEvent>
#include <QScrollBar>

namespace reverxy::ui {

FollowingList::FollowingList(QWidget* parent) : ListView(parent) {
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    // Emitted for what a user does to the bar, by wheel, keys or mouse, never for what this list does itself.
    connect(verticalScrollBar(), &QAbstractSlider::actionTriggered, this, [this] {
        const QScrollBar* bar = verticalScrollBar();
        setFollowing(bar->sliderPosition() >= bar->maximum());
    });
}

void FollowingList::setFollowing(bool following) {
    if (following)
        scrollToBottom();
    if (following == m_following)
        return;
    m_following = following;
    Q_EMIT followingChanged(following);
    // Whoever held rows back for as long as nobody followed has given them now.
    if (following)
        scrollToBottom();
}

void FollowingList::keyPressEvent(QKeyEvent* event) {
    ListView::keyPressEvent(event);
    if (event->key() == Qt::Key_End)
        setFollowing(true);
}

void FollowingList::resizeEvent(QResizeEvent* event) {
    ListView::resizeEvent(event);
    if (m_following)
        scrollToBottom();
}

void FollowingList::rowsInserted(const QModelIndex& parent, int start, int end) {
    ListView::rowsInserted(parent, start, end);
    if (m_following)
        scrollToBottom();
}

void FollowingList::rowsAboutToBeRemoved(const QModelIndex& parent, int start, int end) {
    // The selection ends with its row; it does not pass to another one.
    const int selected = currentIndex().row();
    if (selected >= start && selected <= end) {
        const bool following = m_following;
        selectionModel()->clear();
        setFollowing(following);
    }
    ListView::rowsAboutToBeRemoved(parent, start, end);
}

void FollowingList::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
    ListView::selectionChanged(selected, deselected);
    if (!selected.isEmpty())
        setFollowing(false);
}

} // namespace reverxy::ui
