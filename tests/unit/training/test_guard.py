from qmap_studio.training.guard import Guard


def steady(norm: float = 0.5) -> Guard:
    guard = Guard()
    for _ in range(200):
        assert guard.admits(1.0, norm)
    assert guard.is_good(1.2)
    return guard


def test_gradients_that_grow_little_by_little_are_noticed_though_every_step_is_taken():
    guard, norm = steady(), 0.5
    while not guard.is_lost:
        norm *= 1.01
        assert guard.admits(1.0, norm)
        assert norm < 5.0
    assert norm > 2.0


def test_gradients_that_sway_are_no_reason_to_go_back():
    guard = steady()
    for step in range(1000):
        assert guard.admits(1.0, 1.5 if step % 2 else 0.3)
        assert not guard.is_lost
